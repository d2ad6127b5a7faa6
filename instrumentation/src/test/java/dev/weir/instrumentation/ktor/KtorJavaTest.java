package dev.weir.instrumentation.ktor;

import dev.weir.instrumentation.jdkhttpclient.JdkHttpClientInstrumentation;
import io.ktor.client.engine.java.Java;

/** The engine that stands on java.net.http. */
class KtorJavaTest extends KtorOverLibrary {

    KtorJavaTest() {
        super(new JdkHttpClientInstrumentation(), Java.INSTANCE);
    }

    @Override
    protected boolean hasOwnTimeout() {
        return true;
    }
}
