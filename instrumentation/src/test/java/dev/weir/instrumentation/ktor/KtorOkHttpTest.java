package dev.weir.instrumentation.ktor;

import dev.weir.instrumentation.okhttp.OkHttpInstrumentation;
import dev.weir.instrumentation.testing.Woven;
import io.ktor.client.engine.HttpClientEngineFactory;
import io.ktor.client.engine.okhttp.OkHttp;
import java.io.IOException;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The engine that stands on OkHttp. */
class KtorOkHttpTest extends KtorContract {

    @RegisterExtension
    final Woven woven = new Woven(new OkHttpInstrumentation(), new KtorClientInstrumentation());

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    HttpClientEngineFactory<?> engine() {
        return OkHttp.INSTANCE;
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
    protected boolean repeatsSilently() {
        return true;
    }
}
