package dev.weir.instrumentation.ktor;

import io.ktor.client.engine.HttpClientEngineCapabilityKt;
import io.ktor.client.request.HttpRequestData;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The request timeout of the {@code HttpTimeout} plugin. */
final class OwnTimeout {

    // Its type has another name in each major version.
    private static final ClassValue<Reader> READERS = new ClassValue<>() {
        @Override
        protected Reader computeValue(Class<?> type) {
            if (!type.getName().startsWith("io.ktor.client.plugins.HttpTimeout")) return new Reader(null);
            try {
                return new Reader(type.getMethod("getRequestTimeoutMillis"));
            } catch (NoSuchMethodException e) {
                return new Reader(null);
            }
        }
    };

    private record Reader(@Nullable Method method) {}

    private OwnTimeout() {}

    /** 0 when there is none. */
    static long millis(HttpRequestData request) {
        Map<?, ?> capabilities =
                request.getAttributes().getOrNull(HttpClientEngineCapabilityKt.getENGINE_CAPABILITIES_KEY());
        if (capabilities == null) return 0;
        for (Object capability : capabilities.values()) {
            Method method = READERS.get(capability.getClass()).method;
            if (method == null) continue;
            try {
                return method.invoke(capability) instanceof Long millis && millis < Long.MAX_VALUE ? millis : 0;
            } catch (IllegalAccessException | InvocationTargetException e) {
                return 0;
            }
        }
        return 0;
    }
}
