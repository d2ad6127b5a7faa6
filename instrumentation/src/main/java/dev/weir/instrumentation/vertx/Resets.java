package dev.weir.instrumentation.vertx;

import io.vertx.core.http.HttpClientRequest;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** Ends requests early. The method for it returns a boolean in Vert.x 4 and a future in 5. */
final class Resets {

    // NO_ERROR is what a client says that has changed its mind.
    private static final long CODE = 0;
    private static final MethodHandle RESET = find();

    private Resets() {}

    static void reset(HttpClientRequest request, Throwable cause) {
        try {
            RESET.invokeExact(request, CODE, cause);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static MethodHandle find() {
        MethodType wanted = MethodType.methodType(void.class, HttpClientRequest.class, long.class, Throwable.class);
        try {
            for (var method : HttpClientRequest.class.getMethods()) {
                Class<?>[] types = method.getParameterTypes();
                if (method.getName().equals("reset") && types.length == 2 && types[0] == long.class) {
                    return MethodHandles.publicLookup().unreflect(method).asType(wanted);
                }
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
        throw new IllegalStateException("HttpClientRequest has no reset(long, Throwable)");
    }
}
