package dev.weir.instrumentation.jms;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageProducer;
import org.jspecify.annotations.Nullable;

/** One send, from its beginning to its end. */
final class Sending {

    private Sending() {}

    static @Nullable Call begin(MessageProducer producer, @Nullable Destination given, @Nullable Message message) {
        if (message == null || !Hooks.follows(CallFacts.Kind.MESSAGE_SEND)) return null;
        Destination destination = given == null ? destination(producer) : given;
        return Hooks.begin(new SendFacts(message, MessageText.name(destination), true));
    }

    private static @Nullable Destination destination(MessageProducer producer) {
        try {
            return producer.getDestination();
        } catch (JMSException | RuntimeException e) {
            return null;
        }
    }

    static @Nullable Throwable sent(@Nullable Call call, @Nullable Throwable thrown) {
        if (call instanceof Call.Denied denied) return new JMSException(denied.message());
        end(call, thrown);
        return null;
    }

    /** An asynchronous form returned: its listener will be called. */
    static @Nullable Throwable handedOn(@Nullable Call call, @Nullable Throwable thrown) {
        if (call instanceof Call.Denied || thrown != null) return sent(call, thrown);
        Hooks.leave(call);
        return null;
    }

    static void end(@Nullable Call call, @Nullable Throwable thrown) {
        if (call != null && thrown == null && call.facts() instanceof SendFacts facts) facts.sent();
        Hooks.end(call, 0, code(thrown), thrown);
    }

    /** What is certain not to have been sent has a code. */
    private static @Nullable String code(@Nullable Throwable thrown) {
        if (thrown == null) return null;
        boolean certain = thrown instanceof InvalidDestinationException
                || thrown instanceof MessageFormatException
                || thrown instanceof JMSSecurityException
                || thrown instanceof IllegalStateException
                || thrown instanceof UnsupportedOperationException;
        return certain ? thrown.getClass().getSimpleName() : null;
    }
}
