package dev.weir.instrumentation.vertx;

import io.vertx.core.http.HttpConnection;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** The channels under Vert.x's connections, where what stands on Netty alone looks for calls that are followed already. */
final class NettyChannels {

    private static final ClassValue<Accessor> CHANNEL = new ClassValue<>() {
        @Override
        protected Accessor computeValue(Class<?> type) {
            return new Accessor(find(type));
        }
    };

    private record Accessor(@Nullable Method method) {}

    private NettyChannels() {}

    /** The channel of a connection of its own or of one out of the pool; {@code null} when it cannot be found. */
    static @Nullable Object of(@Nullable HttpConnection connection) {
        Method channel =
                connection == null ? null : CHANNEL.get(connection.getClass()).method();
        if (channel == null) return null;
        try {
            return channel.invoke(connection);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }

    private static @Nullable Method find(Class<?> type) {
        for (Class<?> at = type; at != null; at = at.getSuperclass()) {
            try {
                Method method = at.getDeclaredMethod("channel");
                method.setAccessible(true);
                return method;
            } catch (NoSuchMethodException | RuntimeException e) {
                // Higher up perhaps.
            }
        }
        return null;
    }
}
