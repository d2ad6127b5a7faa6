package dev.weir.instrumentation.jms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.MessageFacts;
import dev.weir.bootstrap.ScopeFacts;
import dev.weir.instrumentation.testing.Woven;
import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageListener;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class JmsInstrumentationTest {

    @RegisterExtension
    static final Woven WOVEN = new Woven(new JmsInstrumentation());

    @RegisterExtension
    static final ArtemisBroker BROKER = new ArtemisBroker("?confirmationWindowSize=10240");

    private static final long PATIENCE = 20_000;

    private final String name = "orders-" + UUID.randomUUID();
    private Connection connection;
    private Session session;
    private Queue queue;

    @BeforeEach
    void open() throws Exception {
        connection = BROKER.factory().createConnection();
        session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        queue = session.createQueue(name);
        connection.start();
    }

    @AfterEach
    void close() throws Exception {
        connection.close();
    }

    private void send(String... texts) throws Exception {
        try (MessageProducer producer = session.createProducer(queue)) {
            for (String text : texts) producer.send(session.createTextMessage(text));
        }
    }

    private static List<String> events() {
        List<String> events = new ArrayList<>();
        for (String event : WOVEN.agent().events()) events.add(event.replaceAll("orders-[-0-9a-f]*", "Q"));
        return events;
    }

    private static List<String> eventsOf(String what) {
        return events().stream().filter(event -> event.contains(what)).toList();
    }

    private static MessageFacts begun(int index) {
        return (MessageFacts) WOVEN.agent().begun().get(index);
    }

    // ---- sending

    @Test
    @Tag("traced-sync")
    void everyFormOfSendIsOneCall() throws Exception {
        TextMessage message = session.createTextMessage("v");
        message.setJMSCorrelationID("k");
        try (MessageProducer producer = session.createProducer(queue);
                MessageProducer any = session.createProducer(null)) {
            producer.send(message);
            producer.send(message, 1, 4, 0);
            any.send(queue, message);
            any.send(queue, message, 1, 4, 0);
        }
        assertEquals(8, events().size());
        for (int i = 0; i < 4; i++) {
            assertEquals("begin sent to Q", events().get(2 * i));
            assertEquals("end sent to Q", events().get(2 * i + 1));
        }
        MessageFacts facts = begun(3);
        assertEquals("jms", facts.system());
        assertEquals("k", facts.key());
        assertEquals("v", facts.value());
        assertTrue(facts.waits());
        assertEquals(message.getJMSMessageID(), facts.messageId());
    }

    @Test
    @Tag("traced-sync")
    void producersOfTheSimplifiedApi() {
        try (JMSContext context = BROKER.factory().createContext()) {
            Queue target = context.createQueue(name);
            context.createProducer().send(target, "text");
            context.createProducer().send(target, Map.of("a", 1));
            context.createProducer().send(target, new byte[] {1});
            context.createProducer().setProperty("mine", "x").send(target, context.createTextMessage("t"));
            assertEquals(4, eventsOf("end sent to Q").size());
            assertEquals(8, events().size());
            try (JMSConsumer consumer = context.createConsumer(target)) {
                for (int i = 0; i < 3; i++) assertNotNull(consumer.receive(PATIENCE));
                assertEquals("t", consumer.receiveBody(String.class, PATIENCE));
            }
            assertNull(Hooks.capture());
            assertEquals(4, eventsOf("end processed Q").size());
        }
    }

    @Test
    @Tag("traced-async")
    void completionHearsInTheContextOfTheSend() throws Exception {
        Call run = Hooks.begin(new ScopeFacts(CallFacts.Kind.RUN, "jms", "run") {});
        Object own = Hooks.capture();
        CountDownLatch completed = new CountDownLatch(4);
        List<Object> contexts = new ArrayList<>();
        CompletionListener listener = new CompletionListener() {
            @Override
            public void onCompletion(Message message) {
                synchronized (contexts) {
                    contexts.add(Hooks.capture());
                }
                completed.countDown();
            }

            @Override
            public void onException(Message message, Exception thrown) {
                thrown.printStackTrace();
            }
        };
        try (MessageProducer producer = session.createProducer(queue);
                MessageProducer any = session.createProducer(null)) {
            producer.send(session.createTextMessage("v"), listener);
            assertNull(Hooks.open(), "the send is handed on");
            producer.send(session.createTextMessage("v"), 1, 4, 0, listener);
            any.send(queue, session.createTextMessage("v"), listener);
            any.send(queue, session.createTextMessage("v"), 1, 4, 0, listener);
            assertTrue(completed.await(PATIENCE, TimeUnit.MILLISECONDS));
        }
        Hooks.end(run, 0, null);
        assertEquals(4, eventsOf("end sent to Q").size());
        for (Object context : contexts) assertSame(own, context);
    }

    @Test
    @Tag("header")
    void propertiesGoAlong() throws Exception {
        WOVEN.agent().pull(facts -> {
            if (facts.kind() != CallFacts.Kind.MESSAGE_SEND) return;
            assertNull(facts.header("Idempotency-Key"), "what we set at the send before is not the application's");
            assertEquals("mine", facts.header("app"));
            assertTrue(facts.setHeader(
                    "Idempotency-Key", "key-" + WOVEN.agent().begun().size()));
            assertNotNull(facts.header("Idempotency-Key"));
        });
        TextMessage message = session.createTextMessage("v");
        message.setStringProperty("app", "mine");
        try (MessageProducer producer = session.createProducer(queue)) {
            producer.send(message);
            producer.send(message);
        }
        try (MessageConsumer consumer = session.createConsumer(queue)) {
            assertEquals("key-1", consumer.receive(PATIENCE).getStringProperty("Idempotency_Key"));
            Message second = consumer.receive(PATIENCE);
            assertEquals("key-2", second.getStringProperty("Idempotency_Key"));
            assertEquals("key-2", begun(3).header("Idempotency-Key"));
            WOVEN.agent().pull(facts -> assertFalse(facts.setHeader("traceparent", "x"), "cannot be changed"));
            try (MessageProducer producer = session.createProducer(queue)) {
                producer.send(second);
            }
        }
    }

    @Test
    @Tag("denial")
    void denialIsTheApisException() throws Exception {
        WOVEN.agent().deny(facts -> facts.kind() == CallFacts.Kind.MESSAGE_SEND);
        try (MessageProducer producer = session.createProducer(queue);
                MessageConsumer consumer = session.createConsumer(queue)) {
            JMSException thrown = assertThrows(JMSException.class, () -> producer.send(session.createTextMessage("v")));
            assertEquals("denied by test", thrown.getMessage());
            assertThrows(
                    JMSException.class,
                    () -> producer.send(session.createTextMessage("v"), new CompletionListener() {
                        @Override
                        public void onCompletion(Message message) {}

                        @Override
                        public void onException(Message message, Exception cause) {}
                    }));
            assertNull(consumer.receiveNoWait());
        }
    }

    @Test
    @Tag("other")
    void failuresAreToldApart() throws Exception {
        try (MessageProducer producer = session.createProducer(null)) {
            assertThrows(
                    InvalidDestinationException.class,
                    () -> producer.send((Queue) null, session.createTextMessage("v")));
            assertThrows(NullPointerException.class, () -> producer.send(queue, null));
        }
        assertEquals(
                List.of("begin sent to ", "end sent to  InvalidDestinationException InvalidDestinationException"),
                events());
    }

    @Test
    @Tag("concurrent")
    void manySessionsAtOnce() throws Exception {
        List<Thread> threads = new ArrayList<>();
        AtomicInteger received = new AtomicInteger();
        for (int t = 0; t < 6; t++) {
            Thread thread = new Thread(() -> {
                try (JMSContext context = BROKER.factory().createContext()) {
                    Queue mine =
                            context.createQueue(name + Thread.currentThread().getName());
                    for (int i = 0; i < 20; i++) context.createProducer().send(mine, "v");
                    try (var consumer = context.createConsumer(mine)) {
                        for (int i = 0; i < 20; i++) if (consumer.receive(PATIENCE) != null) received.incrementAndGet();
                    }
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) thread.join();
        assertEquals(120, received.get());
        assertEquals(480, events().size());
    }

    // ---- receiving

    @Test
    @Tag("traced-async")
    void messageIsAScopeWhileItsListenerRuns() throws Exception {
        CountDownLatch heard = new CountDownLatch(1);
        AtomicReference<Object> inside = new AtomicReference<>();
        MessageListener listener = message -> {
            inside.set(Hooks.capture());
            heard.countDown();
        };
        try (MessageConsumer consumer = session.createConsumer(queue)) {
            consumer.setMessageListener(listener);
            assertSame(listener, consumer.getMessageListener());
            Session other = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            other.createProducer(queue).send(other.createTextMessage("a"));
            assertTrue(heard.await(PATIENCE, TimeUnit.MILLISECONDS));
            WOVEN.agent().awaitEnds(2);
        }
        assertNotNull(inside.get());
        assertEquals(List.of("begin processed Q", "end processed Q"), eventsOf("processed"));
        MessageFacts facts = begun(1);
        assertEquals(1, facts.delivery());
        assertNull(facts.consumer());
        assertFalse(facts.awaited());
        assertEquals(begun(0).messageId(), facts.messageId());
    }

    @Test
    @Tag("attempts")
    void whatAListenerThrowsBackComesAgain() throws Exception {
        CountDownLatch heard = new CountDownLatch(2);
        try (MessageConsumer consumer = session.createConsumer(queue)) {
            consumer.setMessageListener(message -> {
                heard.countDown();
                if (heard.getCount() == 1) throw new IllegalArgumentException("once");
            });
            Session other = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            other.createProducer(queue).send(other.createTextMessage("a"));
            assertTrue(heard.await(PATIENCE, TimeUnit.MILLISECONDS));
            WOVEN.agent().awaitEnds(3);
        }
        assertEquals(
                List.of(
                        "begin processed Q",
                        "end processed Q IllegalArgumentException",
                        "begin processed Q",
                        "end processed Q"),
                eventsOf("processed"));
        assertEquals(2, begun(2).delivery());
        assertEquals(begun(1).messageId(), begun(2).messageId());
    }

    @Test
    @Tag("traced-sync")
    void receivedMessageIsAScopeUntilTheNext() throws Exception {
        send("a", "b", "c");
        try (MessageConsumer consumer = session.createConsumer(queue)) {
            assertNotNull(consumer.receive());
            Object first = Hooks.capture();
            assertNotNull(first);
            assertNotNull(consumer.receive(PATIENCE));
            assertNotEquals(first, Hooks.capture());
            Message third = null;
            while (third == null) third = consumer.receiveNoWait();
            assertNotNull(Hooks.capture());
            assertNull(consumer.receiveNoWait());
            assertNull(Hooks.capture());
        }
        assertEquals(6, eventsOf("processed").size());
    }

    @Test
    @Tag("attempts")
    void rollbackEndsItAndItComesAgain() throws Exception {
        send("a");
        try (Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
                MessageConsumer consumer = transacted.createConsumer(queue)) {
            assertNotNull(consumer.receive(PATIENCE));
            transacted.rollback();
            assertNull(Hooks.capture());
            Message again = consumer.receive(PATIENCE);
            assertTrue(again.getJMSRedelivered());
            transacted.commit();
            assertNull(Hooks.capture());
        }
        assertEquals(
                List.of("begin processed Q", "end processed Q rollback", "begin processed Q", "end processed Q"),
                eventsOf("processed"));
        assertEquals(1, begun(1).delivery());
        assertEquals(2, begun(2).delivery());
        assertEquals(begun(1).messageId(), begun(2).messageId());
    }

    @Test
    @Tag("other")
    void closingTheConnectionEndsIt() throws Exception {
        send("a");
        MessageConsumer consumer = session.createConsumer(queue);
        assertNotNull(consumer.receive(PATIENCE));
        Connection unrelated = BROKER.factory().createConnection();
        unrelated.close();
        assertNotNull(Hooks.capture());
        connection.close();
        assertNull(Hooks.capture());
    }

    @Test
    @Tag("other")
    void replyIsWaitedForInTheScopeOfTheQuestion() throws Exception {
        send("question");
        Queue replies = session.createTemporaryQueue();
        try (MessageConsumer consumer = session.createConsumer(queue);
                MessageConsumer asked = session.createConsumer(replies)) {
            assertNotNull(consumer.receive(PATIENCE));
            Object scope = Hooks.capture();
            Message request = session.createTextMessage("reply");
            request.setJMSReplyTo(replies);
            session.createProducer(replies).send(request);
            assertNotNull(asked.receive(PATIENCE));
            assertSame(scope, Hooks.capture());
        }
        assertEquals(2, eventsOf("processed").size());
    }

    @Test
    @Tag("other")
    void runThatReceivesGoesOnBeingTheCause() throws Exception {
        send("a");
        Call run = Hooks.begin(new ScopeFacts(CallFacts.Kind.RUN, "jms", "run") {});
        Object own = Hooks.capture();
        try (MessageConsumer consumer = session.createConsumer(queue)) {
            assertNotNull(consumer.receive(PATIENCE));
            assertSame(own, Hooks.capture());
        }
        Hooks.end(run, 0, null);
    }

    @Test
    @Tag("other")
    void subscriptionsAreToldApart() throws Exception {
        Topic topic = session.createTopic(name);
        try (JMSContext context = BROKER.factory().createContext()) {
            context.setClientID(name);
            MessageConsumer one = session.createConsumer(topic);
            MessageConsumer two = session.createConsumer(topic);
            MessageConsumer shared = session.createSharedConsumer(topic, "billing");
            Message asked = session.createTextMessage("a");
            asked.setJMSReplyTo(queue);
            session.createProducer(topic).send(asked);
            for (MessageConsumer each : List.of(one, two, shared)) {
                assertNotNull(each.receive(PATIENCE));
                each.close();
            }
        }
        assertNotEquals(begun(1).consumer(), begun(2).consumer());
        assertEquals("billing", begun(3).consumer());
        assertEquals(begun(1).messageId(), begun(3).messageId());
        assertTrue(begun(1).awaited());
    }

    // ---- bad input

    @Test
    @Tag("other")
    void strangeMessages() throws Exception {
        try (MessageProducer producer = session.createProducer(queue);
                MessageConsumer consumer = session.createConsumer(queue)) {
            Message empty = session.createMessage();
            empty.setIntProperty("traceparent", 7);
            empty.setStringProperty("baggage", "x".repeat(100_000));
            empty.setStringProperty("tracestate", null);
            for (int i = 0; i < 1_000; i++) empty.setLongProperty("p" + i, i);
            producer.send(empty);
            producer.send(session.createTextMessage(null));
            producer.send(session.createObjectMessage(null));
            producer.send(session.createStreamMessage());
            for (int i = 0; i < 4; i++) assertNotNull(consumer.receive(PATIENCE));
        }
        MessageFacts received = begun(4);
        assertNull(received.header("traceparent"));
        assertNull(received.header("tracestate"));
        assertEquals(100_000, received.header("baggage").length());
        assertNull(begun(1).value());
    }

    @Test
    @Tag("other")
    void nothingIsToldWithoutAnAgent() throws Exception {
        Hooks.install(null);
        try {
            send("a");
            try (MessageConsumer consumer = session.createConsumer(queue)) {
                assertNotNull(consumer.receive(PATIENCE));
            }
        } finally {
            Hooks.install(WOVEN.agent());
        }
        assertEquals(List.of(), events());
    }
}
