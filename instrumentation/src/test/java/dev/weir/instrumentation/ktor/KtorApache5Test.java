package dev.weir.instrumentation.ktor;

import dev.weir.instrumentation.apachehttpclient5.ApacheHttpClient5Instrumentation;
import io.ktor.client.HttpClientConfig;
import io.ktor.client.engine.apache5.Apache5;
import io.ktor.client.engine.apache5.Apache5EngineConfig;
import kotlin.Unit;

/** The engine that stands on Apache HttpClient 5. */
class KtorApache5Test extends KtorOverLibrary {

    KtorApache5Test() {
        super(new ApacheHttpClient5Instrumentation(), Apache5.INSTANCE);
    }

    // Apache's client does not, below it.
    @Override
    protected boolean forgetsAtOnce() {
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
