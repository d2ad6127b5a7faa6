package dev.weir.instrumentation.springcoreretry;

import dev.weir.instrumentation.shared.RetryLoop;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import org.jspecify.annotations.Nullable;
import org.springframework.core.retry.Retryable;

/** Spring Framework 7's own {@code RetryTemplate}, and so its {@code @Retryable}. */
public final class SpringCoreRetryInstrumentation implements Instrumentation {

    private static final String PACKAGE = "org.springframework.core.retry.";

    @Override
    public String name() {
        return "spring-core-retry";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type(PACKAGE + "RetryTemplate").exactly("execute", "Execute", PACKAGE + "Retryable");
        String[] methods = {
            "beforeRetry",
            "onRetrySuccess",
            "onRetryFailure",
            "onRetryPolicyExhaustion",
            "onRetryPolicyInterruption",
            "onRetryPolicyTimeout",
            "onRetryableExecution"
        };
        Weaving.Target listeners = weaving.subtypesOf(PACKAGE + "RetryListener", methods);
        for (String method : methods) {
            listeners.method(method, "Listener", PACKAGE + "RetryPolicy", PACKAGE + "Retryable");
        }
    }

    static final class Execute {

        static <R extends @Nullable Object> Retryable<R> argument0(Object template, Retryable<R> retryable) {
            return retryable instanceof Tries ? retryable : new Tries<>(retryable);
        }
    }

    /** Listeners see the application's operation, which they may know. */
    static final class Listener {

        static Retryable<?> argument1(Object listener, Object policy, Retryable<?> retryable) {
            return retryable instanceof Tries<?> tries ? tries.retryable : retryable;
        }
    }

    /** The operation, a try each time. */
    static final class Tries<R extends @Nullable Object> implements Retryable<R> {

        final Retryable<R> retryable;
        private final RetryLoop loop = new RetryLoop("spring-core-retry", "spring-core");

        Tries(Retryable<R> retryable) {
            this.retryable = retryable;
        }

        @Override
        public R execute() throws Throwable {
            return loop.attempt(retryable::execute);
        }

        @Override
        public String getName() {
            return retryable.getName();
        }
    }
}
