package dev.weir.instrumentation.jms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.MessageFacts;
import dev.weir.instrumentation.testing.Woven;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.MessageConsumer;
import javax.jms.MessageListener;
import javax.jms.MessageProducer;
import javax.jms.Queue;
import javax.jms.Session;
import javax.jms.TextMessage;
import javax.jms.Topic;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.RedeliveryPolicy;
import org.apache.activemq.broker.BrokerService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The same adapter with {@code javax.jms}, and a client that knows JMS 1.1 only: ActiveMQ 5. */
@Timeout(60)
class JavaxJmsTest {

    @RegisterExtension
    static final Woven WOVEN = new Woven(new JmsInstrumentation());

    private static final long PATIENCE = 20_000;

    private static BrokerService broker;
    private static ActiveMQConnectionFactory factory;

    private final String name = "orders-" + UUID.randomUUID();
    private Connection connection;
    private Session session;
    private Queue queue;

    @BeforeAll
    static void start() throws Exception {
        broker = new BrokerService();
        broker.setBrokerName("javax");
        broker.setPersistent(false);
        broker.setUseJmx(false);
        broker.setUseShutdownHook(false);
        broker.start();
        assertTrue(broker.waitUntilStarted());
        factory = new ActiveMQConnectionFactory("vm://javax?create=false");
        RedeliveryPolicy atOnce = new RedeliveryPolicy();
        atOnce.setInitialRedeliveryDelay(0);
        atOnce.setRedeliveryDelay(0);
        factory.setRedeliveryPolicy(atOnce);
    }

    @AfterAll
    static void stop() throws Exception {
        broker.stop();
        broker.waitUntilStopped();
    }

    @BeforeEach
    void open() throws Exception {
        connection = factory.createConnection();
        session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        queue = session.createQueue(name);
        connection.start();
    }

    @AfterEach
    void close() throws Exception {
        connection.close();
    }

    private void send(String... texts) throws Exception {
        MessageProducer producer = session.createProducer(queue);
        for (String text : texts) producer.send(session.createTextMessage(text));
        producer.close();
    }

    private List<String> events() {
        return WOVEN.agent().events().stream()
                .map(event -> event.replace(name, "Q"))
                .toList();
    }

    private List<String> processed() {
        return events().stream().filter(event -> event.contains("processed")).toList();
    }

    private static MessageFacts begun(int index) {
        return (MessageFacts) WOVEN.agent().begun().get(index);
    }

    @Test
    @Tag("traced-sync")
    void everyFormOfSendIsOneCall() throws Exception {
        TextMessage message = session.createTextMessage("v");
        message.setJMSCorrelationID("k");
        MessageProducer producer = session.createProducer(queue);
        producer.send(message);
        producer.send(message, 1, 4, 0);
        MessageProducer any = session.createProducer(null);
        any.send(queue, message);
        any.send(queue, message, 1, 4, 0);
        assertEquals(8, events().size(), events()::toString);
        for (int i = 0; i < 4; i++) {
            assertEquals("begin sent to Q", events().get(2 * i));
            assertEquals("end sent to Q", events().get(2 * i + 1));
        }
        assertEquals("k", begun(3).key());
        assertEquals("v", begun(3).value());
        assertEquals(message.getJMSMessageID(), begun(3).messageId());
    }

    @Test
    @Tag("header")
    void propertiesGoAlong() throws Exception {
        WOVEN.agent().pull(facts -> {
            if (facts.kind() == CallFacts.Kind.MESSAGE_SEND) assertTrue(facts.setHeader("Idempotency-Key", "key"));
        });
        send("a");
        MessageConsumer consumer = session.createConsumer(queue);
        assertEquals("key", consumer.receive(PATIENCE).getStringProperty("Idempotency_Key"));
        assertEquals("key", begun(1).header("Idempotency-Key"));
        consumer.close();
    }

    @Test
    @Tag("denial")
    void denialIsTheApisException() throws Exception {
        WOVEN.agent().deny(facts -> facts.kind() == CallFacts.Kind.MESSAGE_SEND);
        JMSException thrown = assertThrows(JMSException.class, () -> send("a"));
        assertEquals("denied by test", thrown.getMessage());
        MessageConsumer consumer = session.createConsumer(queue);
        assertNull(consumer.receiveNoWait());
    }

    @Test
    @Tag("traced-async")
    void messageIsAScopeWhileItsListenerRuns() throws Exception {
        CountDownLatch heard = new CountDownLatch(1);
        AtomicReference<Object> inside = new AtomicReference<>();
        MessageListener listener = message -> {
            inside.set(Hooks.capture());
            heard.countDown();
        };
        MessageConsumer consumer = session.createConsumer(queue);
        consumer.setMessageListener(listener);
        assertSame(listener, consumer.getMessageListener());
        Session other = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        other.createProducer(queue).send(other.createTextMessage("a"));
        assertTrue(heard.await(PATIENCE, TimeUnit.MILLISECONDS));
        WOVEN.agent().awaitEnds(2);
        assertNotNull(inside.get());
        assertEquals(List.of("begin processed Q", "end processed Q"), processed());
        assertFalse(begun(1).awaited());
    }

    @Test
    @Tag("traced-sync")
    void receivedMessageIsAScopeUntilTheNext() throws Exception {
        send("a", "b");
        MessageConsumer consumer = session.createConsumer(queue);
        assertNotNull(consumer.receive(PATIENCE));
        Object first = Hooks.capture();
        assertNotNull(first);
        assertNotNull(consumer.receive());
        assertNotEquals(first, Hooks.capture());
        consumer.close();
        assertNull(Hooks.capture());
        assertEquals(4, processed().size(), events()::toString);
    }

    @Test
    @Tag("attempts")
    void rollbackEndsItAndItComesAgain() throws Exception {
        send("a");
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer consumer = transacted.createConsumer(queue);
        assertNotNull(consumer.receive(PATIENCE));
        transacted.rollback();
        assertNull(Hooks.capture());
        Message again = consumer.receive(PATIENCE);
        assertTrue(again.getJMSRedelivered());
        transacted.commit();
        assertNull(Hooks.capture());
        assertEquals(
                List.of("begin processed Q", "end processed Q rollback", "begin processed Q", "end processed Q"),
                processed());
        assertEquals(1, begun(1).delivery());
        assertEquals(2, begun(2).delivery());
        assertEquals(begun(1).messageId(), begun(2).messageId());
    }

    @Test
    @Tag("other")
    void subscriptionsAreToldApart() throws Exception {
        Topic topic = session.createTopic(name);
        Connection named = factory.createConnection();
        named.setClientID(name);
        named.start();
        Session durable = named.createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer one = session.createConsumer(topic);
        MessageConsumer two = session.createConsumer(topic);
        MessageConsumer billing = durable.createDurableSubscriber(topic, "billing");
        session.createProducer(topic).send(session.createTextMessage("a"));
        for (MessageConsumer each : List.of(one, two, billing)) {
            assertNotNull(each.receive(PATIENCE));
            each.close();
        }
        named.close();
        assertNotEquals(begun(1).consumer(), begun(2).consumer());
        assertEquals("billing", begun(3).consumer());
    }
}
