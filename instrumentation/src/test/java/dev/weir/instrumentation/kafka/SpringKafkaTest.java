package dev.weir.instrumentation.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.MessageFacts;
import dev.weir.instrumentation.testing.Woven;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.util.backoff.FixedBackOff;

/** Spring's listener containers. */
@Timeout(120)
class SpringKafkaTest {

    @RegisterExtension
    static final Woven WOVEN = new Woven(new KafkaInstrumentation());

    private static KafkaBroker broker;

    private final String topic = "orders-" + UUID.randomUUID();
    private final List<String> seen = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        broker = KafkaBroker.start(directory);
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
    }

    /** Listens until it has heard so often. */
    private void listen(Object listener, DefaultErrorHandler errors, CountDownLatch heard) throws Exception {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", broker.address());
        settings.put("group.id", "billing");
        settings.put("auto.offset.reset", "earliest");
        settings.put("max.poll.records", "10");
        ContainerProperties properties = new ContainerProperties(topic);
        properties.setMessageListener(listener);
        properties.setPollTimeout(100);
        KafkaMessageListenerContainer<String, String> container = new KafkaMessageListenerContainer<>(
                new DefaultKafkaConsumerFactory<>(settings, new StringDeserializer(), new StringDeserializer()),
                properties);
        container.setCommonErrorHandler(errors);
        container.start();
        try {
            assertTrue(heard.await(60, TimeUnit.SECONDS), seen::toString);
        } finally {
            container.stop();
        }
    }

    private static DefaultKafkaProducerFactory<String, String> producers() {
        return new DefaultKafkaProducerFactory<>(
                Map.of("bootstrap.servers", broker.address()), new StringSerializer(), new StringSerializer());
    }

    private void send(String... values) throws Exception {
        DefaultKafkaProducerFactory<String, String> producers = producers();
        try (var producer = producers.createProducer()) {
            for (String value : values)
                producer.send(new ProducerRecord<>(topic, 0, "k", value)).get();
        } finally {
            producers.destroy();
        }
    }

    private static String here() {
        return Hooks.capture() == null ? "outside" : "inside";
    }

    private List<String> processed() {
        return WOVEN.agent().events().stream()
                .filter(event -> event.contains("processed " + topic))
                .map(event ->
                        event.substring(0, event.indexOf(' ')) + event.substring(event.indexOf(topic) + topic.length()))
                .toList();
    }

    private List<Long> offsets() {
        return WOVEN.agent().begun().stream()
                .filter(facts -> facts.kind() == CallFacts.Kind.MESSAGE_RECEIVE)
                .map(facts -> ((MessageFacts) facts).offset())
                .toList();
    }

    @Test
    @Tag("traced-sync")
    void aRecordIsAScopeWhileItsListenerRuns() throws Exception {
        send("a", "b", "c");
        CountDownLatch heard = new CountDownLatch(3);
        MessageListener<String, String> listener = received -> {
            seen.add(received.value() + " " + here());
            heard.countDown();
        };
        listen(listener, new DefaultErrorHandler(), heard);
        WOVEN.agent().awaitEnds(6);
        assertEquals(List.of("a inside", "b inside", "c inside"), seen);
        assertEquals(List.of("begin", "end", "begin", "end", "begin", "end"), processed());
        assertEquals(List.of(0L, 1L, 2L), offsets());
        MessageFacts facts = (MessageFacts) WOVEN.agent().begun().get(3);
        assertEquals("billing", facts.consumer());
        assertEquals(broker.address(), facts.host() + ":" + facts.port());
    }

    @Test
    @Tag("attempts")
    void redeliveriesAreOfTheSameRecordAndOfNoOther() throws Exception {
        send("a", "b", "c");
        CountDownLatch heard = new CountDownLatch(5);
        MessageListener<String, String> listener = received -> {
            seen.add(received.value() + " " + here());
            heard.countDown();
            if (received.value().equals("a") && seen.size() < 3) throw new IllegalStateException("not yet");
        };
        // What comes after a record that failed was polled with it, and comes again with it.
        listen(listener, new DefaultErrorHandler(new FixedBackOff(50, 5)), heard);
        WOVEN.agent().awaitEnds(8);
        assertEquals(List.of("a inside", "a inside", "a inside", "b inside", "c inside"), seen);
        assertEquals(List.of(0L, 0L, 0L, 1L, 2L), offsets());
        assertEquals(
                List.of(
                        "begin",
                        "end IllegalStateException",
                        "begin",
                        "end IllegalStateException",
                        "begin",
                        "end",
                        "begin",
                        "end",
                        "begin",
                        "end"),
                processed());
    }

    @Test
    @Tag("header")
    void aDeadLetterBelongsToItsRecord() throws Exception {
        WOVEN.agent().pull(facts -> {
            if (facts.kind() != CallFacts.Kind.MESSAGE_SEND) return;
            assertNull(facts.header("Idempotency-Key"), "what came with the record is not the application's");
            assertTrue(facts.setHeader("Idempotency-Key", ((MessageFacts) facts).destination()));
        });
        send("a");
        CountDownLatch dead = new CountDownLatch(1);
        DefaultKafkaProducerFactory<String, String> producers = producers();
        String letters = topic + "-dead";
        DeadLetterPublishingRecoverer recoverer = new DeadLetterPublishingRecoverer(
                new KafkaTemplate<>(producers), (failed, failure) -> new TopicPartition(letters, 0));
        DefaultErrorHandler errors = new DefaultErrorHandler(
                (failed, failure) -> {
                    recoverer.accept(failed, failure);
                    dead.countDown();
                },
                new FixedBackOff(0, 0));
        MessageListener<String, String> listener = received -> {
            throw new IllegalStateException("never");
        };
        listen(listener, errors, dead);
        WOVEN.agent().awaitEnds(3);
        producers.destroy();
        assertEquals(List.of("begin", "end IllegalStateException"), processed());
        assertEquals(List.of("none", "MESSAGE_RECEIVE"), WOVEN.agent().parents(CallFacts.Kind.MESSAGE_SEND));
        assertEquals(letters, WOVEN.agent().begun().get(2).header("Idempotency-Key"));
    }

    @Test
    @Tag("other")
    void aBatchIsOutsideTheScopesOfItsRecords() throws Exception {
        send("a", "b");
        CountDownLatch heard = new CountDownLatch(2);
        BatchMessageListener<String, String> listener = batch -> {
            batch.forEach(received -> {
                seen.add(received.value() + " " + here());
                heard.countDown();
            });
        };
        listen(listener, new DefaultErrorHandler(), heard);
        assertEquals(List.of("a outside", "b outside"), seen);
        assertEquals(List.of(), processed());
    }
}
