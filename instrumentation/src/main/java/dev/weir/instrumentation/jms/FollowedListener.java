package dev.weir.instrumentation.jms;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import jakarta.jms.Message;
import jakarta.jms.MessageListener;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/** The application's listener, each of whose messages is a scope. */
final class FollowedListener implements MessageListener {

    private final MessageListener listener;
    // A consumer refers to its listener.
    private final WeakReference<Object> consumer;

    private FollowedListener(MessageListener listener, Object consumer) {
        this.listener = listener;
        this.consumer = new WeakReference<>(consumer);
    }

    static @Nullable MessageListener of(Object consumer, @Nullable MessageListener listener) {
        if (listener == null || listener instanceof FollowedListener) return listener;
        return new FollowedListener(listener, consumer);
    }

    static @Nullable MessageListener original(@Nullable MessageListener listener) {
        return listener instanceof FollowedListener followed ? followed.listener : listener;
    }

    @Override
    public void onMessage(Message message) {
        Object from = consumer.get();
        String subscription = from == null ? null : Consumers.subscription(from);
        Call call = message == null ? null : Hooks.begin(new ReceiveFacts(message, subscription));
        Throwable failure = null;
        try {
            listener.onMessage(message);
        } catch (Throwable t) {
            failure = t;
            throw t;
        } finally {
            Hooks.end(call, 0, failure);
        }
    }
}
