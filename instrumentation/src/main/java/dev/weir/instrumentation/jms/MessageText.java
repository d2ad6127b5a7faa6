package dev.weir.instrumentation.jms;

import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import org.jspecify.annotations.Nullable;

/** What a message says, where asking may throw. */
final class MessageText {

    private MessageText() {}

    /** Names of properties are names as in Java: a {@code -} becomes a {@code _}. */
    static String propertyName(String header) {
        return header.indexOf('-') < 0 ? header : header.replace('-', '_');
    }

    static @Nullable String property(Message message, String header) {
        return object(message, propertyName(header)) instanceof String text ? text : null;
    }

    static @Nullable Object object(Message message, String property) {
        try {
            return message.getObjectProperty(property);
        } catch (JMSException | RuntimeException e) {
            return null;
        }
    }

    static @Nullable String name(@Nullable Destination destination) {
        try {
            if (destination instanceof Queue queue) return queue.getQueueName();
            return destination instanceof Topic topic ? topic.getTopicName() : null;
        } catch (JMSException | RuntimeException e) {
            return null;
        }
    }

    static @Nullable Destination destination(Message message) {
        try {
            return message.getJMSDestination();
        } catch (JMSException | RuntimeException e) {
            return null;
        }
    }

    static @Nullable String id(Message message) {
        try {
            return message.getJMSMessageID();
        } catch (JMSException | RuntimeException e) {
            return null;
        }
    }

    static @Nullable String correlation(Message message) {
        try {
            return message.getJMSCorrelationID();
        } catch (JMSException | RuntimeException e) {
            return null;
        }
    }

    /** The text of a message that is text: all others would have to be read, or belong to the application. */
    static @Nullable String text(Message message) {
        try {
            return message instanceof TextMessage text ? text.getText() : null;
        } catch (JMSException | RuntimeException e) {
            return null;
        }
    }

    static boolean redelivered(Message message) {
        try {
            return message.getJMSRedelivered();
        } catch (JMSException | RuntimeException e) {
            return false;
        }
    }

    static boolean answered(Message message) {
        try {
            return message.getJMSReplyTo() != null;
        } catch (JMSException | RuntimeException e) {
            return false;
        }
    }
}
