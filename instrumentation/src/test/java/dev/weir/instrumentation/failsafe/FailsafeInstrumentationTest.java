package dev.weir.instrumentation.failsafe;

import dev.failsafe.Failsafe;
import dev.failsafe.RetryPolicy;
import dev.weir.instrumentation.testing.RetryLayerContract;
import dev.weir.instrumentation.testing.Woven;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.RegisterExtension;

class FailsafeInstrumentationTest extends RetryLayerContract {

    @RegisterExtension
    final Woven woven = new Woven(new FailsafeInstrumentation());

    private final RetryPolicy<String> policy = RetryPolicy.<String>builder()
            .withMaxAttempts(3)
            .withDelay(Duration.ofMillis(1))
            .handle(Unlucky.class)
            .handleResult("bad")
            .build();

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected String layer() {
        return "failsafe";
    }

    @Override
    protected String call(Callable<String> action) {
        return Failsafe.with(policy).get(action::call);
    }

    @Override
    protected CompletionStage<String> callAsync(Supplier<CompletionStage<String>> action) {
        return Failsafe.with(policy).getStageAsync(action::get);
    }

    @Override
    protected String callUntilGood(Callable<String> action) {
        return call(action);
    }
}
