package dev.weir.instrumentation.jms;

import dev.weir.bootstrap.WeakIdentityMap;
import jakarta.jms.Topic;
import java.lang.ref.WeakReference;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Where consumers and sessions come from, and on whose behalf messages of topics are consumed. */
final class Consumers {

    private static final int MOST = 65_536;
    private static final WeakIdentityMap<WeakReference<Object>> MADE_BY = new WeakIdentityMap<>(MOST);
    private static final WeakIdentityMap<String> SUBSCRIPTIONS = new WeakIdentityMap<>(MOST);

    private Consumers() {}

    static void opened(Object session, Object connection) {
        MADE_BY.put(session, new WeakReference<>(connection));
    }

    static void created(Object consumer, Object session, @Nullable Object destination) {
        MADE_BY.put(consumer, new WeakReference<>(session));
        // Each consumer of a topic gets each message, and none of it again once it is closed.
        if (destination instanceof Topic) {
            SUBSCRIPTIONS.putIfAbsent(consumer, UUID.randomUUID().toString());
        }
    }

    static void subscribed(Object consumer, Object session, @Nullable String name) {
        MADE_BY.put(consumer, new WeakReference<>(session));
        if (name != null) SUBSCRIPTIONS.put(consumer, name);
    }

    /** {@code null} for a queue. */
    static @Nullable String subscription(Object consumer) {
        return SUBSCRIPTIONS.get(consumer);
    }

    /** Whether something is a consumer, or its session, or the connection of that. */
    static boolean belongs(Object consumer, Object to) {
        Object at = consumer;
        for (int steps = 0; at != null && steps < 3; steps++) {
            if (at == to) return true;
            WeakReference<Object> maker = MADE_BY.get(at);
            at = maker == null ? null : maker.get();
        }
        return false;
    }
}
