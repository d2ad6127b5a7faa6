package dev.weir.instrumentation.jms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.ScopeFacts;
import dev.weir.instrumentation.testing.Woven;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.jms.CompletionListener;
import javax.jms.Connection;
import javax.jms.ConnectionFactory;
import javax.jms.JMSContext;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.MessageProducer;
import javax.jms.Queue;
import javax.jms.Session;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sends that nobody waits for, with {@code javax.jms} 2.0: Artemis, as it was before {@code jakarta.jms}. */
@Timeout(60)
class JavaxAsyncSendTest {

    @RegisterExtension
    static final Woven WOVEN = new Woven(new JmsInstrumentation());

    @RegisterExtension
    static final ArtemisBroker BROKER = new ArtemisBroker("").listening();

    private static URLClassLoader loader;
    private static ConnectionFactory factory;

    private final String name = "orders-" + UUID.randomUUID();
    private final Heard heard = new Heard();
    private Connection connection;
    private Session session;
    private Queue queue;

    /** Gives the API of the tests' class path, and nothing else of it. */
    private static final class ApiOnly extends ClassLoader {

        ApiOnly() {
            super(getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (!name.startsWith("javax.jms.")) throw new ClassNotFoundException(name);
            return JavaxAsyncSendTest.class.getClassLoader().loadClass(name);
        }
    }

    /** What the application's listener was told, and in what context. */
    private static final class Heard implements CompletionListener {

        private final List<String> told = new CopyOnWriteArrayList<>();
        private final List<Object> contexts = new CopyOnWriteArrayList<>();
        private final CountDownLatch four = new CountDownLatch(4);

        @Override
        public void onCompletion(Message message) {
            tell("completed");
        }

        @Override
        public void onException(Message message, Exception thrown) {
            tell(thrown.toString());
        }

        private void tell(String what) {
            told.add(what);
            contexts.add(String.valueOf(Hooks.capture()));
            four.countDown();
        }
    }

    @BeforeAll
    static void load() throws Exception {
        Path classes = Path.of(JavaxAsyncSendTest.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        List<URL> jars = new ArrayList<>();
        try (Stream<Path> files = Files.list(classes.resolveSibling("javax-artemis"))) {
            for (Path jar : files.toList()) jars.add(jar.toUri().toURL());
        }
        loader = new URLClassLoader(jars.toArray(new URL[0]), new ApiOnly());
        factory =
                (ConnectionFactory) loader.loadClass("org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory")
                        .getConstructor(String.class)
                        .newInstance("tcp://127.0.0.1:" + BROKER.port() + "?confirmationWindowSize=10240");
    }

    @AfterAll
    static void unload() throws Exception {
        ((AutoCloseable) factory).close();
        loader.close();
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

    private List<String> events() {
        return WOVEN.agent().events().stream()
                .map(event -> event.replace(name, "Q"))
                .toList();
    }

    private Message message() throws JMSException {
        return session.createTextMessage("v");
    }

    @Test
    @Tag("traced-async")
    void completionHearsInTheContextOfTheSend() throws Exception {
        Call run = Hooks.begin(new ScopeFacts(CallFacts.Kind.RUN, "jms", "run") {});
        String own = String.valueOf(Hooks.capture());
        try (MessageProducer producer = session.createProducer(queue);
                MessageProducer any = session.createProducer(null)) {
            producer.send(message(), heard);
            assertNull(Hooks.open(), "the send is handed on");
            producer.send(message(), 1, 4, 0, heard);
            any.send(queue, message(), heard);
            any.send(queue, message(), 1, 4, 0, heard);
            assertTrue(heard.four.await(20, TimeUnit.SECONDS), heard.told::toString);
        }
        Hooks.end(run, 0, null);
        assertEquals(List.of("completed", "completed", "completed", "completed"), heard.told);
        assertEquals(List.of(own, own, own, own), heard.contexts);
        assertEquals(4, events().stream().filter("end sent to Q"::equals).count(), () -> events().toString());
    }

    @Test
    @Tag("traced-async")
    void producersOfTheSimplifiedApi() throws Exception {
        try (JMSContext context = factory.createContext()) {
            for (int i = 0; i < 4; i++) context.createProducer().setAsync(heard).send(queue, "text");
            assertTrue(heard.four.await(20, TimeUnit.SECONDS), heard.told::toString);
        }
        assertEquals(8, events().size(), () -> events().toString());
    }

    @Test
    @Tag("header")
    void propertiesGoAlong() throws Exception {
        WOVEN.agent().pull(facts -> {
            if (facts.kind() == CallFacts.Kind.MESSAGE_SEND) assertTrue(facts.setHeader("Idempotency-Key", "key"));
        });
        session.createProducer(queue).send(message(), heard);
        WOVEN.agent().awaitEnds(1);
        @Nullable Message received = session.createConsumer(queue).receive(20_000);
        assertEquals("key", received == null ? null : received.getStringProperty("Idempotency_Key"));
    }

    @Test
    @Tag("denial")
    void denialIsTheApisException() throws Exception {
        WOVEN.agent().deny(facts -> facts.kind() == CallFacts.Kind.MESSAGE_SEND);
        try (MessageProducer producer = session.createProducer(queue)) {
            JMSException thrown = assertThrows(JMSException.class, () -> producer.send(message(), heard));
            assertEquals("denied by test", thrown.getMessage());
        }
        assertNull(session.createConsumer(queue).receiveNoWait());
        assertEquals(List.of(), heard.told);
    }

    @Test
    @Tag("other")
    void failureIsToldApart() throws Exception {
        MessageProducer producer = session.createProducer(queue);
        producer.close();
        assertThrows(javax.jms.IllegalStateException.class, () -> producer.send(message(), heard));
        // A closed producer does not say where it would have sent to.
        assertEquals("end sent to  IllegalStateException IllegalStateException", events().get(1));
    }
}
