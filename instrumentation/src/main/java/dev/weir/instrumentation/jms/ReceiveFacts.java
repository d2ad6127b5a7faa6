package dev.weir.instrumentation.jms;

import dev.weir.bootstrap.MessageFacts;
import jakarta.jms.Message;
import org.jspecify.annotations.Nullable;

/** What is known of a message that the application processes. */
final class ReceiveFacts extends MessageFacts {

    private final Message message;
    private final @Nullable String subscription;

    ReceiveFacts(Message message, @Nullable String subscription) {
        super(Kind.MESSAGE_RECEIVE, "jms", "jms", MessageText.name(MessageText.destination(message)));
        this.message = message;
        this.subscription = subscription;
    }

    @Override
    public @Nullable String messageId() {
        return MessageText.id(message);
    }

    @Override
    public @Nullable String consumer() {
        return subscription;
    }

    @Override
    public int delivery() {
        if (MessageText.object(message, "JMSXDeliveryCount") instanceof Number count)
            return Math.max(0, count.intValue());
        return MessageText.redelivered(message) ? 2 : 0;
    }

    @Override
    public boolean awaited() {
        return MessageText.answered(message);
    }

    @Override
    public @Nullable String header(String name) {
        return MessageText.property(message, name);
    }
}
