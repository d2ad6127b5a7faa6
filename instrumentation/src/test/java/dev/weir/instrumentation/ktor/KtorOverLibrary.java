package dev.weir.instrumentation.ktor;

import dev.weir.instrumentation.testing.Woven;
import dev.weir.instrumentation.weaving.Instrumentation;
import io.ktor.client.engine.HttpClientEngineFactory;
import java.io.IOException;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An engine of Ktor that stands on a library with an adapter of its own. */
abstract class KtorOverLibrary extends KtorContract {

    @RegisterExtension
    final Woven woven;

    private final HttpClientEngineFactory<?> engine;

    KtorOverLibrary(Instrumentation library, HttpClientEngineFactory<?> engine) {
        this.woven = new Woven(library, new KtorClientInstrumentation());
        this.engine = engine;
    }

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    HttpClientEngineFactory<?> engine() {
        return engine;
    }

    // Ktor wraps it.
    @Override
    protected Class<? extends Throwable> timeout() {
        return IOException.class;
    }

    // What the plugin knows it does not tell most engines.
    @Override
    protected boolean hasOwnTimeout() {
        return false;
    }
}
