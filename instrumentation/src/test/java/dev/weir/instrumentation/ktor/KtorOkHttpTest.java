package dev.weir.instrumentation.ktor;

import dev.weir.instrumentation.okhttp.OkHttpInstrumentation;
import io.ktor.client.engine.okhttp.OkHttp;
import java.util.stream.Stream;

/** The engine that stands on OkHttp. */
class KtorOkHttpTest extends KtorOverLibrary {

    KtorOkHttpTest() {
        super(new OkHttpInstrumentation(), OkHttp.INSTANCE);
    }

    @Override
    protected boolean repeatsSilently() {
        return true;
    }

    /** 2.3.0 throws the first exception that it finds among those that OkHttp has suppressed: that of the first try. */
    @Override
    protected boolean tellsWhyARepetitionFailed() {
        try {
            Class<?> exceptions = Class.forName("io.ktor.client.engine.okhttp.OkUtilsKt");
            return Stream.of(exceptions.getDeclaredMethods())
                    .noneMatch(method -> method.getName().equals("unwrapSuppressed"));
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
