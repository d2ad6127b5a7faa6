package dev.weir.instrumentation.jms;

import dev.weir.bootstrap.Call;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import jakarta.jms.CompletionListener;
import jakarta.jms.Destination;
import jakarta.jms.Message;
import jakarta.jms.MessageListener;
import jakarta.jms.MessageProducer;
import org.jspecify.annotations.Nullable;

/**
 * JMS, {@code jakarta.jms} and {@code javax.jms}: whatever implements its producers and consumers, wrappers of pools too.
 *
 * <p>A message that a listener gets is a scope while the listener runs. One that {@code receive} gives is a scope until the
 * next {@code receive} of its consumer, its session's commit or rollback, or the end of one of them.
 */
public final class JmsInstrumentation implements Instrumentation {

    private static final String CONTAINER = "org.springframework.jms.listener.AbstractMessageListenerContainer";

    @Override
    public String name() {
        return "jms";
    }

    @Override
    public void weave(Weaving weaving) {
        weave(weaving, "jakarta");
        weave(weaving, "javax");
        weaving.type(CONTAINER).method("invokeListener", "SpringListener");
    }

    private static void weave(Weaving weaving, String top) {
        String api = top + ".jms.";
        String message = api + "Message";
        String destination = api + "Destination";
        String listener = api + "CompletionListener";
        String send = "(L" + top + "/jms/Destination;L" + top + "/jms/Message;IIJ)V";
        renamed(weaving.subtypesOf(api + "MessageProducer", send), top)
                .exactly("send", "Send", message)
                .exactly("send", "Send", message, "int", "int", "long")
                .exactly("send", "SendTo", destination, message)
                .exactly("send", "SendTo", destination, message, "int", "int", "long")
                .exactly("send", "SendAsync", message, listener)
                .exactly("send", "SendAsyncWith", message, "int", "int", "long", listener)
                .exactly("send", "SendAsyncTo", destination, message, listener)
                .exactly("send", "SendAsyncToWith", destination, message, "int", "int", "long", listener);
        renamed(weaving.subtypesOf(api + "MessageConsumer", "receiveNoWait"), top)
                .exactly("receive", "Receive")
                .exactly("receive", "Receive", "long")
                .exactly("receiveNoWait", "Receive")
                .exactly("setMessageListener", "Listen", api + "MessageListener")
                .exactly("getMessageListener", "Listener")
                .exactly("close", "Close");
        renamed(weaving.subtypesOf(api + "Session", "createDurableSubscriber"), top)
                .method("createConsumer", "Consumer", destination)
                .method("createSharedConsumer", "Subscription", api + "Topic", "java.lang.String")
                .method("createDurableSubscriber", "Subscription", api + "Topic", "java.lang.String")
                .method("createDurableConsumer", "Subscription", api + "Topic", "java.lang.String")
                .method("createSharedDurableConsumer", "Subscription", api + "Topic", "java.lang.String")
                .exactly("commit", "Close")
                .exactly("rollback", "Rollback")
                .exactly("recover", "Rollback")
                .exactly("close", "Close");
        renamed(weaving.subtypesOf(api + "Connection", "createConnectionConsumer"), top)
                .method("createSession", "Session")
                .exactly("close", "Close");
    }

    private static Weaving.Target renamed(Weaving.Target target, String top) {
        return top.equals("jakarta") ? target : target.renaming("jakarta/jms", "javax/jms");
    }

    static final class Send {

        static @Nullable Call enter(MessageProducer producer, @Nullable Message message) {
            return Sending.begin(producer, null, message);
        }

        static @Nullable Throwable exit(@Nullable Call call, @Nullable Throwable thrown) {
            return Sending.sent(call, thrown);
        }
    }

    static final class SendTo {

        static @Nullable Call enter(
                MessageProducer producer, @Nullable Destination destination, @Nullable Message message) {
            return Sending.begin(producer, destination, message);
        }

        static @Nullable Throwable exit(@Nullable Call call, @Nullable Throwable thrown) {
            return Sending.sent(call, thrown);
        }
    }

    static final class SendAsync {

        static @Nullable Call enter(MessageProducer producer, @Nullable Message message) {
            return Sending.begin(producer, null, message);
        }

        static @Nullable CompletionListener argument1(
                @Nullable Call call,
                MessageProducer producer,
                @Nullable Message message,
                @Nullable CompletionListener listener) {
            return Completion.of(call, listener);
        }

        static @Nullable Throwable exit(@Nullable Call call, @Nullable Throwable thrown) {
            return Sending.handedOn(call, thrown);
        }
    }

    static final class SendAsyncWith {

        static @Nullable Call enter(MessageProducer producer, @Nullable Message message) {
            return Sending.begin(producer, null, message);
        }

        static @Nullable CompletionListener argument4(
                @Nullable Call call,
                MessageProducer producer,
                @Nullable Message message,
                int mode,
                int priority,
                long timeToLive,
                @Nullable CompletionListener listener) {
            return Completion.of(call, listener);
        }

        static @Nullable Throwable exit(@Nullable Call call, @Nullable Throwable thrown) {
            return Sending.handedOn(call, thrown);
        }
    }

    static final class SendAsyncTo {

        static @Nullable Call enter(
                MessageProducer producer, @Nullable Destination destination, @Nullable Message message) {
            return Sending.begin(producer, destination, message);
        }

        static @Nullable CompletionListener argument2(
                @Nullable Call call,
                MessageProducer producer,
                @Nullable Destination destination,
                @Nullable Message message,
                @Nullable CompletionListener listener) {
            return Completion.of(call, listener);
        }

        static @Nullable Throwable exit(@Nullable Call call, @Nullable Throwable thrown) {
            return Sending.handedOn(call, thrown);
        }
    }

    static final class SendAsyncToWith {

        static @Nullable Call enter(
                MessageProducer producer, @Nullable Destination destination, @Nullable Message message) {
            return Sending.begin(producer, destination, message);
        }

        static @Nullable CompletionListener argument5(
                @Nullable Call call,
                MessageProducer producer,
                @Nullable Destination destination,
                @Nullable Message message,
                int mode,
                int priority,
                long timeToLive,
                @Nullable CompletionListener listener) {
            return Completion.of(call, listener);
        }

        static @Nullable Throwable exit(@Nullable Call call, @Nullable Throwable thrown) {
            return Sending.handedOn(call, thrown);
        }
    }

    static final class Receive {

        static void enter(Object consumer) {
            Processing.asks(consumer);
        }

        static void exit(
                @Nullable Object token, @Nullable Message message, @Nullable Throwable thrown, Object consumer) {
            if (message != null) Processing.received(consumer, message);
        }
    }

    static final class Listen {

        static @Nullable MessageListener argument0(Object consumer, @Nullable MessageListener listener) {
            return FollowedListener.of(consumer, listener);
        }
    }

    /** The application asks for the listener that it has set. */
    static final class Listener {

        static @Nullable MessageListener exit(@Nullable MessageListener listener) {
            return FollowedListener.original(listener);
        }
    }

    static final class Consumer {

        static void exit(
                @Nullable Object consumer, @Nullable Throwable thrown, Object session, @Nullable Object destination) {
            if (consumer != null) Consumers.created(consumer, session, destination);
        }
    }

    static final class Subscription {

        static void exit(
                @Nullable Object consumer,
                @Nullable Throwable thrown,
                Object session,
                @Nullable Object topic,
                @Nullable String name) {
            if (consumer != null) Consumers.subscribed(consumer, session, name);
        }
    }

    static final class Session {

        static void exit(@Nullable Object session, @Nullable Throwable thrown, Object connection) {
            if (session != null) Consumers.opened(session, connection);
        }
    }

    static final class Close {

        static void enter(Object closed) {
            Processing.closes(closed, null);
        }
    }

    static final class Rollback {

        static void enter(Object session) {
            Processing.closes(session, "rollback");
        }
    }

    /** Spring's containers mostly receive by themselves, and keep what the listener throws. */
    static final class SpringListener {

        static void exit(@Nullable Throwable thrown) {
            if (thrown != null) Processing.failed(thrown);
        }
    }
}
