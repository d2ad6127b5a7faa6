package dev.weir.instrumentation.ktor;

import dev.weir.instrumentation.apachehttpclient4.ApacheHttpAsyncClient4Instrumentation;
import dev.weir.instrumentation.testing.Woven;
import io.ktor.client.engine.HttpClientEngineFactory;
import io.ktor.client.engine.apache.Apache;
import java.io.IOException;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The engine that stands on Apache HttpAsyncClient 4. */
class KtorApacheTest extends KtorContract {

    @RegisterExtension
    final Woven woven = new Woven(new ApacheHttpAsyncClient4Instrumentation(), new KtorClientInstrumentation());

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    HttpClientEngineFactory<?> engine() {
        return Apache.INSTANCE;
    }

    // Ktor wraps it.
    @Override
    protected Class<? extends Throwable> timeout() {
        return IOException.class;
    }

    // What the plugin knows it does not tell this engine.
    @Override
    protected boolean hasOwnTimeout() {
        return false;
    }

    @Override
    protected boolean hasReplayableBodies() {
        return false;
    }
}
