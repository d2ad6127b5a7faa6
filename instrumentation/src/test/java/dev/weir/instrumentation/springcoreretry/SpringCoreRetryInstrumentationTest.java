package dev.weir.instrumentation.springcoreretry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weir.instrumentation.testing.RetryLayerContract;
import dev.weir.instrumentation.testing.Woven;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.core.retry.RetryException;
import org.springframework.core.retry.RetryListener;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.core.retry.Retryable;
import org.springframework.core.retry.support.CompositeRetryListener;

class SpringCoreRetryInstrumentationTest extends RetryLayerContract {

    @RegisterExtension
    final Woven woven = new Woven(new SpringCoreRetryInstrumentation());

    private final RetryTemplate template = new RetryTemplate(
            RetryPolicy.builder().maxRetries(2).delay(Duration.ofMillis(1)).build());

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected String layer() {
        return "spring-core";
    }

    @Override
    protected String call(Callable<String> action) throws Exception {
        return template.execute(action::call);
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
    void listenersSeeTheApplicationsOwnOperation() {
        List<Retryable<?>> seen = new ArrayList<>();
        RetryListener listener = new RetryListener() {
            @Override
            public void onRetryFailure(RetryPolicy policy, Retryable<?> retryable, Throwable throwable) {
                seen.add(retryable);
            }

            @Override
            public void onRetryPolicyExhaustion(RetryPolicy policy, Retryable<?> retryable, RetryException exception) {
                seen.add(retryable);
            }
        };
        template.setRetryListener(new CompositeRetryListener(List.of(listener)));
        Retryable<String> retryable = new Retryable<>() {
            @Override
            public String execute() {
                throw new Unlucky(1);
            }

            @Override
            public String getName() {
                return "order 7";
            }
        };
        RetryException thrown = assertThrows(RetryException.class, () -> template.execute(retryable));
        assertEquals("Retry policy for operation 'order 7' exhausted; aborting execution", thrown.getMessage());
        assertEquals(3, seen.size());
        for (@Nullable Object each : seen) assertSame(retryable, each);
    }
}
