package dev.weir.instrumentation.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.MessageFacts;
import dev.weir.instrumentation.testing.Woven;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Kafka Streams, whose consumer and producer are those of the client. */
@Timeout(120)
class KafkaStreamsTest {

    @RegisterExtension
    static final Woven WOVEN = new Woven(new KafkaInstrumentation());

    private static KafkaBroker broker;

    private final String in = "in-" + UUID.randomUUID();
    private final String out = "out-" + UUID.randomUUID();
    private final List<String> seen = new CopyOnWriteArrayList<>();

    @TempDir
    Path state;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        broker = KafkaBroker.start(directory);
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
    }

    @BeforeEach
    void topics() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.address()))) {
            admin.createTopics(List.of(new NewTopic(in, 1, (short) 1), new NewTopic(out, 1, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private KafkaStreams run(StreamsBuilder builder, String... more) {
        Properties settings = new Properties();
        for (int i = 0; i < more.length; i += 2) settings.put(more[i], more[i + 1]);
        settings.put("application.id", "app-" + in);
        settings.put("bootstrap.servers", broker.address());
        settings.put("state.dir", state.toString());
        settings.put("default.key.serde", Serdes.StringSerde.class.getName());
        settings.put("default.value.serde", Serdes.StringSerde.class.getName());
        settings.put("auto.offset.reset", "earliest");
        KafkaStreams streams = new KafkaStreams(builder.build(), settings);
        streams.setUncaughtExceptionHandler(failure -> StreamThreadExceptionResponse.REPLACE_THREAD);
        streams.start();
        return streams;
    }

    private void send(String... values) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.address()), new StringSerializer(), new StringSerializer())) {
            for (String value : values)
                producer.send(new ProducerRecord<>(in, "k", value)).get();
        }
    }

    /** What was produced, as its value and its headers. */
    private List<String> produced(int count) {
        List<String> produced = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.address()), new StringDeserializer(), new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(out, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (produced.size() < count && System.nanoTime() < until) {
                for (ConsumerRecord<String, String> each :
                        consumer.poll(Duration.ofMillis(200)).records(partition)) {
                    StringBuilder line = new StringBuilder(each.value());
                    for (Header header : each.headers()) {
                        line.append(' ')
                                .append(header.key())
                                .append('=')
                                .append(new String(header.value(), StandardCharsets.UTF_8));
                    }
                    produced.add(line.toString());
                }
            }
        }
        return produced;
    }

    private List<MessageFacts> begun(CallFacts.Kind kind, String topic) {
        return WOVEN.agent().begun().stream()
                .map(facts -> (MessageFacts) facts)
                .filter(facts -> facts.kind() == kind && facts.destination().equals(topic))
                .toList();
    }

    private List<String> processed() {
        return WOVEN.agent().events().stream()
                .filter(event -> event.contains("processed " + in))
                .map(event -> event.replace(in, "IN"))
                .toList();
    }

    @Test
    @Tag("traced-sync")
    void aRecordIsAScopeWhileItGoesThroughATopology() throws Exception {
        send("a", "b");
        StreamsBuilder builder = new StreamsBuilder();
        builder.<String, String>stream(in)
                .peek((key, value) -> seen.add(value + " " + (Hooks.capture() != null)))
                .mapValues(value -> value + "!")
                .to(out);
        try (KafkaStreams streams = run(builder)) {
            assertEquals(List.of("a!", "b!"), produced(2));
        }
        assertEquals(List.of("a true", "b true"), seen);
        assertEquals(
                List.of("begin processed IN", "end processed IN", "begin processed IN", "end processed IN"),
                processed());
        MessageFacts second = begun(CallFacts.Kind.MESSAGE_RECEIVE, in).get(1);
        assertEquals(1, second.offset());
        assertEquals(0, second.partition());
        assertEquals("app-" + in, second.consumer());
        assertEquals(broker.address(), second.host() + ":" + second.port());
        assertEquals(2, begun(CallFacts.Kind.MESSAGE_SEND, out).size());
        // Both sends of this test's own producer come first, outside.
        assertEquals(
                List.of("none", "none", "MESSAGE_RECEIVE", "MESSAGE_RECEIVE"),
                WOVEN.agent().parents(CallFacts.Kind.MESSAGE_SEND));
    }

    @Test
    @Tag("header")
    void whatIsProducedHasAKeyOfItsOwn() throws Exception {
        AtomicInteger sends = new AtomicInteger();
        WOVEN.agent().pull(facts -> {
            if (facts.kind() != CallFacts.Kind.MESSAGE_SEND) return;
            assertNull(facts.header("Idempotency-Key"), "what came with the record is not the application's");
            assertTrue(facts.setHeader("Idempotency-Key", "send-" + sends.incrementAndGet()));
            assertEquals("send-" + sends.get(), facts.header("Idempotency-Key"));
        });
        send("a");
        StreamsBuilder builder = new StreamsBuilder();
        builder.<String, String>stream(in)
                .flatMapValues(value -> List.of(value + "1", value + "2"))
                .to(out);
        try (KafkaStreams streams = run(builder)) {
            assertEquals(List.of("a1 Idempotency-Key=send-2", "a2 Idempotency-Key=send-3"), produced(2));
        }
        assertEquals("send-1", begun(CallFacts.Kind.MESSAGE_RECEIVE, in).get(0).header("Idempotency-Key"));
    }

    @Test
    @Tag("attempts")
    void aRecordThatFailedComesAgain() throws Exception {
        send("a");
        AtomicInteger tries = new AtomicInteger();
        StreamsBuilder builder = new StreamsBuilder();
        builder.<String, String>stream(in)
                .mapValues(value -> {
                    if (tries.incrementAndGet() == 1) throw new IllegalStateException("once");
                    return value;
                })
                .to(out);
        // A thread that fails does not leave its group: the group has to miss it.
        try (KafkaStreams streams = run(builder, "session.timeout.ms", "10000", "heartbeat.interval.ms", "500")) {
            assertEquals(List.of("a"), produced(1));
        }
        assertEquals(4, processed().size(), processed()::toString);
        assertTrue(processed().get(1).endsWith("Exception"), processed()::toString);
        assertEquals("end processed IN", processed().get(3));
        List<MessageFacts> received = begun(CallFacts.Kind.MESSAGE_RECEIVE, in);
        assertEquals(received.get(0).offset(), received.get(1).offset());
        assertEquals(received.get(0).consumer(), received.get(1).consumer());
    }

    @Test
    @Tag("other")
    void nothingIsToldWithoutAnAgent() throws Exception {
        Hooks.install(null);
        try {
            send("a");
            StreamsBuilder builder = new StreamsBuilder();
            builder.<String, String>stream(in).to(out);
            try (KafkaStreams streams = run(builder)) {
                assertEquals(List.of("a"), produced(1));
            }
        } finally {
            Hooks.install(WOVEN.agent());
        }
        assertEquals(List.of(), processed());
        assertFalse(WOVEN.agent().events().stream().anyMatch(event -> event.contains(out)));
    }
}
