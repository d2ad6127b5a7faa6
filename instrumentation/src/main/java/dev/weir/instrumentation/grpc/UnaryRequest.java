package dev.weir.instrumentation.grpc;

import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * The message of a unary call, which a stub has at hand before it starts the call.
 *
 * <p>Only messages of gRPC's own protobuf marshaller are looked at: their stream knows its length and is made anew each
 * time. An application's marshaller may do anything.
 */
final class UnaryRequest {

    private static final ThreadLocal<@Nullable Object> MESSAGE = new ThreadLocal<>();
    private static final String OF_GRPC = "io.grpc.protobuf.";

    private UnaryRequest() {}

    /** A stub is about to start a call with this message; returns what was at hand before. */
    static @Nullable Object atHand(@Nullable Object message) {
        Object before = MESSAGE.get();
        if (message == null) MESSAGE.remove();
        else MESSAGE.set(message);
        return before;
    }

    /** Whether a stub is starting a call on this thread. */
    static boolean isAtHand() {
        return MESSAGE.get() != null;
    }

    /** The message of a call of this method; {@code null} when none is at hand, or it may not be looked at. */
    @SuppressWarnings("unchecked")
    static <T> @Nullable InputStream open(MethodDescriptor<T, ?> method) {
        Object message = MESSAGE.get();
        if (message == null
                || !(method.getRequestMarshaller() instanceof MethodDescriptor.PrototypeMarshaller<T> marshaller)
                || !marshaller.getClass().getName().startsWith(OF_GRPC)
                // An interceptor below the stub may make a call of its own.
                || message.getClass() != marshaller.getMessageClass()) {
            return null;
        }
        InputStream stream = marshaller.stream((T) message);
        return stream instanceof KnownLength ? stream : null;
    }
}
