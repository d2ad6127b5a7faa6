package dev.weir.instrumentation.ktor;

import dev.weir.instrumentation.jdkhttpclient.JdkHttpClientInstrumentation;
import dev.weir.instrumentation.testing.Woven;
import io.ktor.client.engine.HttpClientEngineFactory;
import io.ktor.client.engine.java.Java;
import java.io.IOException;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The engine that stands on java.net.http. */
class KtorJavaTest extends KtorContract {

    @RegisterExtension
    final Woven woven = new Woven(new JdkHttpClientInstrumentation(), new KtorClientInstrumentation());

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    HttpClientEngineFactory<?> engine() {
        return Java.INSTANCE;
    }

    // Ktor wraps it.
    @Override
    protected Class<? extends Throwable> timeout() {
        return IOException.class;
    }
}
