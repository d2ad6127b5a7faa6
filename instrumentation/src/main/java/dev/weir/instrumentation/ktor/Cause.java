package dev.weir.instrumentation.ktor;

import dev.weir.bootstrap.Hooks;
import io.ktor.util.AttributeKey;
import io.ktor.util.Attributes;
import org.jspecify.annotations.Nullable;

/** What caused a request, in its attributes: engines send it on threads of their own. */
final class Cause {

    private static final AttributeKey<Object> KEY = new AttributeKey<>("dev.weir.cause");

    private Cause() {}

    /** Whatever this thread is doing causes the request. */
    static @Nullable Object remember(Attributes attributes) {
        Object here = Hooks.capture();
        if (here != null) attributes.put(KEY, here);
        else if (attributes.contains(KEY)) attributes.remove(KEY);
        return here;
    }

    /** What caused the request; {@code null} when nothing did. */
    static @Nullable Object of(Attributes attributes) {
        return attributes.getOrNull(KEY);
    }
}
