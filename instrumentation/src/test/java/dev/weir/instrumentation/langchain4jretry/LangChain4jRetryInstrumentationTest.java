package dev.weir.instrumentation.langchain4jretry;

import dev.langchain4j.internal.RetryUtils;
import dev.weir.instrumentation.testing.RetryLayerContract;
import dev.weir.instrumentation.testing.Woven;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.extension.RegisterExtension;

class LangChain4jRetryInstrumentationTest extends RetryLayerContract {

    @RegisterExtension
    final Woven woven = new Woven(new LangChain4jRetryInstrumentation());

    private final RetryUtils.RetryPolicy policy =
            RetryUtils.retryPolicyBuilder().delayMillis(10).build();

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected String layer() {
        return "langchain4j";
    }

    @Override
    protected String call(Callable<String> action) {
        return policy.withRetry(action, 2);
    }

    @Override
    protected boolean hasAsynchronousForm() {
        return false;
    }

    @Override
    protected boolean retriesResults() {
        return false;
    }
}
