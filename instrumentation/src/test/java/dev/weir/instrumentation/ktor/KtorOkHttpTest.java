package dev.weir.instrumentation.ktor;

import dev.weir.instrumentation.okhttp.OkHttpInstrumentation;
import io.ktor.client.engine.okhttp.OkHttp;

/** The engine that stands on OkHttp. */
class KtorOkHttpTest extends KtorOverLibrary {

    KtorOkHttpTest() {
        super(new OkHttpInstrumentation(), OkHttp.INSTANCE);
    }

    @Override
    protected boolean repeatsSilently() {
        return true;
    }
}
