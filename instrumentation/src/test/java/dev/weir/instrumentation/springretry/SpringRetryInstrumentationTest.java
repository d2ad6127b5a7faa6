package dev.weir.instrumentation.springretry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.instrumentation.testing.RetryLayerContract;
import dev.weir.instrumentation.testing.Woven;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.retry.RetryCallback;
import org.springframework.retry.RetryContext;
import org.springframework.retry.RetryListener;
import org.springframework.retry.policy.SimpleRetryPolicy;
import org.springframework.retry.support.DefaultRetryState;
import org.springframework.retry.support.RetryTemplate;

class SpringRetryInstrumentationTest extends RetryLayerContract {

    @RegisterExtension
    final Woven woven = new Woven(new SpringRetryInstrumentation());

    private final RetryTemplate template = new RetryTemplate();

    SpringRetryInstrumentationTest() {
        template.setRetryPolicy(new SimpleRetryPolicy(3, Map.of(Exception.class, true)));
    }

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected String layer() {
        return "spring-retry";
    }

    @Override
    protected String call(Callable<String> action) throws Exception {
        RetryCallback<String, Exception> callback = context -> action.call();
        return template.execute(callback);
    }

    @Override
    protected boolean hasAsynchronousForm() {
        return false;
    }

    @Override
    protected boolean retriesResults() {
        return false;
    }

    @Test
    @Tag("attempts")
    void retryWithAStateIsOneCallUntilItsEnd() {
        AtomicInteger tries = new AtomicInteger();
        RetryCallback<String, Unlucky> callback = context -> {
            if (tries.incrementAndGet() % 3 != 0) throw new Unlucky(tries.get());
            return "done";
        };
        for (int call = 1; call <= 2; call++) {
            for (int i = 1; i < 3; i++) {
                assertThrows(Unlucky.class, () -> template.execute(callback, new DefaultRetryState("order 7")));
            }
            assertEquals("done", template.execute(callback, new DefaultRetryState("order 7")));
        }
        assertEquals(
                List.of(1, 2, 3, 1, 2, 3),
                facts().stream().map(each -> each.tryNumber()).toList());
    }

    @Test
    @Tag("attempts")
    void listenersSeeTheApplicationsOwnCallback() {
        List<RetryCallback<?, ?>> seen = new ArrayList<>();
        template.registerListener(new RetryListener() {
            @Override
            public <T, E extends Throwable> boolean open(RetryContext context, RetryCallback<T, E> callback) {
                return seen.add(callback);
            }

            @Override
            public <T, E extends Throwable> void onError(
                    RetryContext context, RetryCallback<T, E> callback, Throwable throwable) {
                seen.add(callback);
            }

            @Override
            public <T, E extends Throwable> void close(
                    RetryContext context, RetryCallback<T, E> callback, Throwable throwable) {
                seen.add(callback);
            }
        });
        AtomicInteger tries = new AtomicInteger();
        RetryCallback<String, Unlucky> callback = context -> {
            if (tries.incrementAndGet() < 2) throw new Unlucky(tries.get());
            return "done";
        };
        assertEquals("done", template.execute(callback));
        assertTrue(seen.size() >= 3);
        for (RetryCallback<?, ?> each : seen) assertSame(callback, each);
    }
}
