package dev.weir.instrumentation.ktor;

import dev.weir.instrumentation.apachehttpclient5.ApacheHttpClient5Instrumentation;
import dev.weir.instrumentation.testing.Woven;
import io.ktor.client.HttpClientConfig;
import io.ktor.client.engine.HttpClientEngineFactory;
import io.ktor.client.engine.apache5.Apache5;
import io.ktor.client.engine.apache5.Apache5EngineConfig;
import java.io.IOException;
import kotlin.Unit;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The engine that stands on Apache HttpClient 5. */
class KtorApache5Test extends KtorContract {

    @RegisterExtension
    final Woven woven = new Woven(new ApacheHttpClient5Instrumentation(), new KtorClientInstrumentation());

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    HttpClientEngineFactory<?> engine() {
        return Apache5.INSTANCE;
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

    @Override
    void engine(HttpClientConfig<?> config) {
        config.engine(engine -> {
            ((Apache5EngineConfig) engine).customizeClient(client -> {
                client.disableAutomaticRetries();
                return Unit.INSTANCE;
            });
            return Unit.INSTANCE;
        });
    }
}
