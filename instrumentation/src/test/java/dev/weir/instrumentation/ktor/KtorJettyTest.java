package dev.weir.instrumentation.ktor;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.instrumentation.testing.Woven;
import io.ktor.client.engine.HttpClientEngineFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The engine that drives Jetty's HTTP/2 client frame by frame. Maven Central's versions of it are older than the Ktor that
 * the other tests use by default: this one runs with the versions of the matrix.
 */
class KtorJettyTest extends KtorContract {

    @RegisterExtension
    final Woven woven = new Woven(new KtorClientInstrumentation());

    @BeforeEach
    void onlyWithTheEngine() {
        assumeTrue(KtorJettyTest.class.getResource("/io/ktor/client/engine/jetty/Jetty.class") != null);
    }

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected boolean speaksHttp2() {
        return true;
    }

    @Override
    HttpClientEngineFactory<?> engine() {
        try {
            return (HttpClientEngineFactory<?>) Class.forName("io.ktor.client.engine.jetty.Jetty")
                    .getField("INSTANCE")
                    .get(null);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
