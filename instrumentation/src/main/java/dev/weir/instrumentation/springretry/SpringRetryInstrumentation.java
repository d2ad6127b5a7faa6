package dev.weir.instrumentation.springretry;

import dev.weir.bootstrap.WeakIdentityMap;
import dev.weir.instrumentation.shared.RetryLoop;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import org.jspecify.annotations.Nullable;
import org.springframework.retry.RetryCallback;
import org.springframework.retry.RetryContext;
import org.springframework.retry.RetryState;

/** Spring Retry: {@code RetryTemplate}, and so {@code @Retryable}. */
public final class SpringRetryInstrumentation implements Instrumentation {

    @Override
    public String name() {
        return "spring-retry";
    }

    @Override
    public void weave(Weaving weaving) {
        String callback = "org.springframework.retry.RetryCallback";
        weaving.type("org.springframework.retry.support.RetryTemplate")
                .method("doExecute", "Execute", callback)
                .method("doOpenInterceptors", "Listeners", callback)
                .method("doCloseInterceptors", "Listeners", callback)
                .method("doOnSuccessInterceptors", "Listeners", callback)
                .method("doOnErrorInterceptors", "Listeners", callback);
    }

    static final class Execute {

        static <T, E extends Throwable> RetryCallback<T, E> argument0(
                Object template, RetryCallback<T, E> callback, @Nullable Object recovery, @Nullable RetryState state) {
            return new Tries<>(callback, state != null);
        }
    }

    /** Listeners see the application's callback, which they may know. */
    static final class Listeners {

        static RetryCallback<?, ?> argument0(Object template, RetryCallback<?, ?> callback) {
            return callback instanceof Tries<?, ?> tries ? tries.callback : callback;
        }
    }

    /**
     * The callback, a try each time. With a state the template makes one try, throws, and goes on with the same context when
     * it is called again.
     */
    static final class Tries<T, E extends Throwable> implements RetryCallback<T, E> {

        static final WeakIdentityMap<RetryLoop> LOOPS = new WeakIdentityMap<>(1 << 16);

        final RetryCallback<T, E> callback;
        private final boolean stateful;
        private final RetryLoop loop = new RetryLoop("spring-retry", "spring-retry");

        Tries(RetryCallback<T, E> callback, boolean stateful) {
            this.callback = callback;
            this.stateful = stateful;
        }

        @Override
        public T doWithRetry(RetryContext context) throws E {
            return loop(context).attempt(() -> callback.doWithRetry(context));
        }

        private RetryLoop loop(RetryContext context) {
            if (!stateful) return loop;
            RetryLoop begun = LOOPS.get(context);
            if (begun != null) return begun;
            LOOPS.put(context, loop);
            return loop;
        }

        @Override
        public String getLabel() {
            return callback.getLabel();
        }
    }
}
