package dev.weir.instrumentation.kafka;

import dev.weir.bootstrap.WeakIdentityMap;
import org.jspecify.annotations.Nullable;

/** On whose behalf Spring's listener containers poll. */
final class SpringContainers {

    private static final String WRAPPER = "org.springframework.kafka.listener.ListenerExecutionFailedException";
    private static final int MOST = 16_384;
    private static final WeakIdentityMap<Client> POLLING = new WeakIdentityMap<>(MOST);

    private SpringContainers() {}

    /** @param client {@code null} when nothing was polled */
    static void polled(Object container, @Nullable Client client) {
        if (client != null) POLLING.put(container, client);
    }

    static @Nullable Client client(Object container) {
        return POLLING.get(container);
    }

    /** What the application's listener has thrown. */
    static Throwable unwrapped(Throwable thrown) {
        Throwable cause = thrown.getCause();
        return cause != null && thrown.getClass().getName().equals(WRAPPER) ? cause : thrown;
    }
}
