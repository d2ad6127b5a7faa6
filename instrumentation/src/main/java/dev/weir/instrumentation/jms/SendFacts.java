package dev.weir.instrumentation.jms;

import dev.weir.bootstrap.MessageFacts;
import dev.weir.bootstrap.WeakIdentityMap;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is known of a message that is sent. */
final class SendFacts extends MessageFacts {

    private static final int MOST = 65_536;

    /** What we set on messages: no property can be taken away again, and the application may send a message again. */
    private static final WeakIdentityMap<Map<String, String>> OURS = new WeakIdentityMap<>(MOST);

    private final Message message;
    private final boolean waits;
    private final @Nullable Map<String, String> before;
    private final Map<String, String> set = new HashMap<>(8);
    private volatile boolean sent;

    /** @param waits whether the thread waits for the broker's answer */
    SendFacts(Message message, @Nullable String destination, boolean waits) {
        super(Kind.MESSAGE_SEND, "jms", "jms", destination);
        this.message = message;
        this.waits = waits;
        this.before = OURS.get(message);
    }

    // Given when the message is sent; a message that was sent before has its last one until then.
    @Override
    public @Nullable String messageId() {
        return sent ? MessageText.id(message) : null;
    }

    /** The broker has it: now it has an id. */
    void sent() {
        sent = true;
    }

    @Override
    public @Nullable Object key() {
        return MessageText.correlation(message);
    }

    @Override
    public @Nullable Object value() {
        return MessageText.text(message);
    }

    @Override
    public boolean waits() {
        return waits;
    }

    @Override
    public @Nullable String header(String name) {
        String now = set.get(name);
        if (now != null) return now;
        String value = MessageText.property(message, name);
        return value != null && before != null && value.equals(before.get(name)) ? null : value;
    }

    @Override
    public boolean setHeader(String name, String value) {
        try {
            message.setStringProperty(MessageText.propertyName(name), value);
        } catch (JMSException | RuntimeException e) {
            // A message that was received cannot be changed, nor can some that are sent on.
            return false;
        }
        set.put(name, value);
        OURS.put(message, set);
        return true;
    }

    @Override
    public boolean replaceHeader(String name, String value) {
        return setHeader(name, value);
    }
}
