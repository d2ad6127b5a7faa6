package dev.weir.instrumentation.reactorretry;

import dev.weir.instrumentation.testing.RetryLayerContract;
import dev.weir.instrumentation.testing.Woven;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What both forms of Reactor's retries have in common. */
abstract class ReactorRetryContract extends RetryLayerContract {

    @RegisterExtension
    final Woven woven = new Woven(new ReactorRetryInstrumentation());

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected String layer() {
        return "reactor";
    }

    @Override
    protected boolean retriesResults() {
        return false;
    }
}
