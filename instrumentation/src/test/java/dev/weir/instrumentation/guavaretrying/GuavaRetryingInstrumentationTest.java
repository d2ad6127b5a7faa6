package dev.weir.instrumentation.guavaretrying;

import com.github.rholder.retry.Retryer;
import com.github.rholder.retry.RetryerBuilder;
import com.github.rholder.retry.StopStrategies;
import dev.weir.instrumentation.testing.RetryLayerContract;
import dev.weir.instrumentation.testing.Woven;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.extension.RegisterExtension;

class GuavaRetryingInstrumentationTest extends RetryLayerContract {

    @RegisterExtension
    final Woven woven = new Woven(new GuavaRetryingInstrumentation());

    private final Retryer<String> retryer = RetryerBuilder.<String>newBuilder()
            .retryIfException()
            .retryIfResult("bad"::equals)
            .withStopStrategy(StopStrategies.stopAfterAttempt(3))
            .build();

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected String layer() {
        return "guava-retrying";
    }

    @Override
    protected String call(Callable<String> action) throws Exception {
        return retryer.call(action);
    }

    @Override
    protected boolean hasAsynchronousForm() {
        return false;
    }

    @Override
    protected String callUntilGood(Callable<String> action) throws Exception {
        return call(action);
    }
}
