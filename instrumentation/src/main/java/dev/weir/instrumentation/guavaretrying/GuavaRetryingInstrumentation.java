package dev.weir.instrumentation.guavaretrying;

import dev.weir.instrumentation.shared.RetryLoop;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import java.util.concurrent.Callable;

/** guava-retrying's {@code Retryer}. */
public final class GuavaRetryingInstrumentation implements Instrumentation {

    @Override
    public String name() {
        return "guava-retrying";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type("com.github.rholder.retry.Retryer").exactly("call", "Call", "java.util.concurrent.Callable");
    }

    static final class Call {

        // A time limiter makes each try on another thread.
        static <T> Callable<T> argument0(Object retryer, Callable<T> callable) {
            return new RetryLoop("guava-retrying", "guava-retrying")
                    .causedHere()
                    .tries(callable);
        }
    }
}
