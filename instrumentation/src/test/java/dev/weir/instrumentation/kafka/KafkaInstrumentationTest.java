package dev.weir.instrumentation.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class KafkaInstrumentationTest {

    @RegisterExtension
    static final Woven WOVEN = new Woven(new KafkaInstrumentation());

    private static KafkaBroker broker;

    private final String topic = "orders-" + UUID.randomUUID();

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        broker = KafkaBroker.start(directory);
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
    }

    private static KafkaProducer<String, String> producer(String... settings) {
        Map<String, Object> all = new HashMap<>();
        all.put("bootstrap.servers", broker.address());
        for (int i = 0; i < settings.length; i += 2) all.put(settings[i], settings[i + 1]);
        return new KafkaProducer<>(all, new StringSerializer(), new StringSerializer());
    }

    private static KafkaConsumer<String, String> consumer(String group, String... settings) {
        Map<String, Object> all = new HashMap<>();
        all.put("bootstrap.servers", broker.address());
        all.put("group.id", group);
        all.put("auto.offset.reset", "earliest");
        all.put("enable.auto.commit", "false");
        for (int i = 0; i < settings.length; i += 2) all.put(settings[i], settings[i + 1]);
        return new KafkaConsumer<>(all, new StringDeserializer(), new StringDeserializer());
    }

    private void send(String... values) throws Exception {
        try (KafkaProducer<String, String> producer = producer()) {
            for (String value : values)
                producer.send(new ProducerRecord<>(topic, "key", value)).get();
        }
    }

    /** Polls until so many records have come in one go. */
    private static ConsumerRecords<String, String> poll(KafkaConsumer<String, String> consumer, int count) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (System.nanoTime() < until) {
            ConsumerRecords<String, String> polled = consumer.poll(Duration.ofMillis(200));
            if (polled.count() >= count) return polled;
            if (!polled.isEmpty()) consumer.seekToBeginning(consumer.assignment());
        }
        throw new AssertionError("no records");
    }

    private KafkaConsumer<String, String> assigned(String group) {
        KafkaConsumer<String, String> consumer = consumer(group);
        TopicPartition partition = new TopicPartition(topic, 0);
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        return consumer;
    }

    private static List<String> events() {
        List<String> events = new ArrayList<>();
        for (String event : WOVEN.agent().events()) events.add(event.replaceAll("orders-[-0-9a-f]*", "T"));
        return events;
    }

    private static MessageFacts begun(int index) {
        return (MessageFacts) WOVEN.agent().begun().get(index);
    }

    // ---- producer

    @Test
    @Tag("traced-sync")
    void sendIsACall() throws Exception {
        try (KafkaProducer<String, String> producer = producer("delivery.timeout.ms", "40000")) {
            RecordMetadata place =
                    producer.send(new ProducerRecord<>(topic, "k", "v")).get();
            assertEquals(0, place.offset());
        }
        assertEquals(List.of("begin sent to T", "end sent to T"), events());
        MessageFacts facts = begun(0);
        assertEquals("kafka", facts.system());
        assertEquals("k", facts.key());
        assertEquals("v", facts.value());
        assertEquals(0, facts.offset());
        assertEquals(0, facts.partition());
        assertEquals("127.0.0.1", facts.host());
        assertEquals(broker.address(), facts.host() + ":" + facts.port());
        assertEquals(40_000, facts.callerTimeoutMillis());
    }

    @Test
    @Tag("traced-async")
    void callbackHearsInTheContextOfTheSend() throws Exception {
        AtomicReference<Object> context = new AtomicReference<>();
        Call run = Hooks.begin(new ScopeFacts(CallFacts.Kind.RUN, "kafka", "run") {});
        Object own = Hooks.capture();
        assertNotNull(own);
        try (KafkaProducer<String, String> producer = producer()) {
            Future<RecordMetadata> future = producer.send(new ProducerRecord<>(topic, "v"), (place, thrown) -> {
                context.set(Hooks.capture());
                assertTrue(events().contains("end sent to T"));
            });
            assertNull(Hooks.open(), "the send is handed on");
            future.get();
        }
        Hooks.end(run, 0, null);
        assertSame(own, context.get());
    }

    @Test
    @Tag("header")
    void headersGoAlongAndTheApplicationsRecordStays() throws Exception {
        WOVEN.agent().pull(facts -> {
            if (facts.kind() != CallFacts.Kind.MESSAGE_SEND) return;
            assertEquals("mine", facts.header("app"));
            assertNull(facts.header("traceparent"));
            assertTrue(facts.setHeader("traceparent", "00-x"));
            assertTrue(facts.replaceHeader("app", "replaced"));
            assertEquals("00-x", facts.header("traceparent"));
        });
        ProducerRecord<String, String> record = new ProducerRecord<>(topic, 0, 42L, "k", "v");
        record.headers().add("app", "mine".getBytes(StandardCharsets.UTF_8));
        try (KafkaProducer<String, String> producer = producer()) {
            producer.send(record).get();
            producer.send(record).get();
        }
        assertEquals(1, record.headers().toArray().length);
        try (KafkaConsumer<String, String> consumer = assigned("a")) {
            for (ConsumerRecord<String, String> received : poll(consumer, 2)) {
                assertEquals("00-x", text(received.headers().lastHeader("traceparent")));
                assertEquals("replaced", text(received.headers().lastHeader("app")));
                assertEquals(42, received.timestamp());
                assertEquals("k", received.key());
            }
        }
    }

    private static String text(Header header) {
        return new String(header.value(), StandardCharsets.UTF_8);
    }

    @Test
    @Tag("denial")
    void denialFailsTheFutureAndTheCallback() {
        WOVEN.agent().deny(facts -> facts.kind() == CallFacts.Kind.MESSAGE_SEND);
        AtomicReference<Exception> heard = new AtomicReference<>();
        try (KafkaProducer<String, String> producer = producer()) {
            Future<RecordMetadata> future =
                    producer.send(new ProducerRecord<>(topic, "v"), (place, thrown) -> heard.set(thrown));
            Throwable cause =
                    assertThrows(ExecutionException.class, future::get).getCause();
            assertInstanceOf(KafkaException.class, cause);
            assertEquals("denied by test", cause.getMessage());
            assertSame(cause, heard.get());
            WOVEN.agent().denyForTime();
            cause = assertThrows(
                            ExecutionException.class,
                            () -> producer.send(new ProducerRecord<>(topic, "v"))
                                    .get())
                    .getCause();
            assertInstanceOf(TimeoutException.class, cause);
            assertTrue(!producer.partitionsFor(topic).isEmpty(), "only sends are denied");
        }
    }

    @Test
    @Tag("timeout")
    void limitEndsTheWaitForABrokerThatIsNotThere() {
        WOVEN.agent().pull(facts -> facts.limit(50));
        long before = System.nanoTime();
        try (KafkaProducer<String, String> producer =
                producer("bootstrap.servers", "127.0.0.1:1", "max.block.ms", "60000")) {
            Throwable cause = assertThrows(
                            ExecutionException.class,
                            () -> producer.send(new ProducerRecord<>(topic, "v"))
                                    .get())
                    .getCause();
            assertInstanceOf(TimeoutException.class, cause);
            producer.close(Duration.ZERO);
        }
        assertTrue(System.nanoTime() - before < TimeUnit.SECONDS.toNanos(50));
        assertEquals(List.of("begin sent to T", "end sent to T TimeoutException"), events());
    }

    @Test
    @Tag("wire-attempts")
    void producersOwnRepetitionsAreCounted() throws Exception {
        send("a");
        int from = events().size();
        try (KafkaProducer<String, String> producer =
                producer("linger.ms", "60000", "retry.backoff.ms", "1", "enable.idempotence", "false", "acks", "1")) {
            Future<RecordMetadata> first = producer.send(new ProducerRecord<>(topic, "b"));
            Future<RecordMetadata> second = producer.send(new ProducerRecord<>(topic, "c"));
            // The broker does not know the topic any more, until the producer has asked for it once more.
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.address()))) {
                admin.deleteTopics(List.of(topic)).all().get();
            }
            producer.flush();
            first.get();
            second.get();
        }
        long resent = events().stream().filter("resent sent to T"::equals).count();
        assertTrue(resent >= 2 && resent % 2 == 0, () -> "" + events());
        assertEquals(from + 4 + resent, events().size());
        assertFalse(begun(1).repeatsRecognised());
    }

    @Test
    @Tag("other")
    void failuresAreToldApart() {
        try (KafkaProducer<String, String> producer = producer("max.request.size", "1000")) {
            Throwable cause = assertThrows(
                            ExecutionException.class,
                            () -> producer.send(new ProducerRecord<>(topic, "v".repeat(2_000)))
                                    .get())
                    .getCause();
            assertInstanceOf(RecordTooLargeException.class, cause);
            assertThrows(NullPointerException.class, () -> producer.send(null));
            producer.close();
            assertThrows(IllegalStateException.class, () -> producer.send(new ProducerRecord<>(topic, "v")));
        }
        assertEquals(
                List.of(
                        "begin sent to T",
                        "end sent to T RecordTooLargeException RecordTooLargeException",
                        "begin sent to T",
                        "end sent to T IllegalStateException IllegalStateException"),
                events());
    }

    @Test
    @Tag("other")
    void transactionsGoOn() throws Exception {
        try (KafkaProducer<String, String> producer = producer("transactional.id", topic)) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, "a"));
            producer.send(new ProducerRecord<>(topic, "b"));
            producer.commitTransaction();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, "never"));
            producer.flush();
            producer.abortTransaction();
        }
        // The broker may well ask for a moment between two transactions.
        assertEquals(
                6,
                events().stream().filter(event -> !event.startsWith("resent")).count());
        assertTrue(begun(0).repeatsRecognised());
        try (KafkaConsumer<String, String> consumer = consumer("a", "isolation.level", "read_committed")) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            consumer.seekToBeginning(consumer.assignment());
            assertEquals(2, poll(consumer, 2).count());
        }
    }

    @Test
    @Tag("concurrent")
    void manySendsAtOnce() throws Exception {
        List<Future<RecordMetadata>> futures = new ArrayList<>();
        try (KafkaProducer<String, String> producer = producer("linger.ms", "20")) {
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                Thread thread = new Thread(() -> {
                    for (int i = 0; i < 100; i++) {
                        Future<RecordMetadata> sent = producer.send(new ProducerRecord<>(topic, "v"));
                        synchronized (futures) {
                            futures.add(sent);
                        }
                    }
                });
                thread.start();
                threads.add(thread);
            }
            for (Thread thread : threads) thread.join();
            for (Future<RecordMetadata> future : futures) future.get();
        }
        assertEquals(1_600, events().size());
    }

    // ---- consumer

    private static final List<String> TWO =
            List.of("begin processed T", "end processed T", "begin processed T", "end processed T");

    @Test
    @Tag("traced-sync")
    void recordIsAScopeWhileItIsTheLatest() throws Exception {
        send("a", "b");
        int sends = events().size();
        try (KafkaConsumer<String, String> consumer = assigned("billing")) {
            ConsumerRecords<String, String> polled = poll(consumer, 2);
            assertNull(Hooks.capture());
            List<Object> contexts = new ArrayList<>();
            for (ConsumerRecord<String, String> record : polled) {
                Object context = Hooks.capture();
                assertNotNull(context, record.value());
                assertTrue(!contexts.contains(context));
                contexts.add(context);
            }
            assertNull(Hooks.capture());
        }
        assertEquals(TWO, events().subList(sends, sends + 4));
        MessageFacts second = begun(3);
        assertEquals(1, second.offset());
        assertEquals(0, second.partition());
        assertEquals("billing", second.consumer());
        assertEquals(broker.address(), second.host() + ":" + second.port());
    }

    @Test
    @Tag("traced-sync")
    void everyWayToIterate() throws Exception {
        send("a", "b");
        int from = events().size();
        try (KafkaConsumer<String, String> consumer = assigned("billing")) {
            ConsumerRecords<String, String> polled = poll(consumer, 2);
            polled.forEach(record -> assertNotNull(Hooks.capture()));
            assertEquals(TWO, events().subList(from, from + 4));
            for (ConsumerRecord<String, String> record : polled.records(topic)) {
                assertNotNull(Hooks.capture(), record.value());
            }
            List<ConsumerRecord<String, String>> list = polled.records(new TopicPartition(topic, 0));
            for (ConsumerRecord<String, String> record : list) assertNotNull(Hooks.capture(), record.value());
            list.stream().forEach(record -> assertNotNull(Hooks.capture()));
            assertEquals(from + 16, events().size());
            assertEquals(2, list.size());
            assertEquals("b", list.get(list.size() - 1).value());
            assertEquals(2, new ArrayList<>(list).size());
            assertEquals(list, polled.records(new TopicPartition(topic, 0)));
            assertEquals(
                    2,
                    list.parallelStream().map(ConsumerRecord::value).distinct().count());
            assertThrows(UnsupportedOperationException.class, () -> list.remove(0));
            assertEquals(0, polled.records(new TopicPartition("none", 0)).size());
        }
    }

    @Test
    @Tag("other")
    void leftLoopsEndWithTheNextPollOrClose() throws Exception {
        send("a", "b");
        int from = events().size();
        try (KafkaConsumer<String, String> consumer = assigned("billing")) {
            try {
                for (ConsumerRecord<String, String> record : poll(consumer, 2)) {
                    throw new IllegalArgumentException(record.value());
                }
            } catch (IllegalArgumentException e) {
                assertNotNull(Hooks.capture(), "nobody can see that the loop was left");
            }
            consumer.poll(Duration.ZERO);
            assertNull(Hooks.capture());
            consumer.seekToBeginning(consumer.assignment());
            poll(consumer, 2).iterator().next();
            assertNotNull(Hooks.capture());
        }
        assertNull(Hooks.capture());
        assertEquals(
                List.of("begin processed T", "end processed T left", "begin processed T", "end processed T left"),
                events().subList(from, from + 4));
    }

    @Test
    @Tag("other")
    void anotherConsumerMayBeAskedInBetween() throws Exception {
        send("a", "b");
        int from = events().size();
        try (KafkaConsumer<String, String> consumer = assigned("billing");
                KafkaConsumer<String, String> other = assigned("lookup")) {
            for (ConsumerRecord<String, String> record : poll(consumer, 2)) {
                Object context = Hooks.capture();
                other.seekToBeginning(other.assignment());
                for (ConsumerRecord<String, String> found : poll(other, 2)) {
                    assertSame(context, Hooks.capture(), record.value() + found.value());
                }
                assertSame(context, Hooks.capture());
            }
        }
        assertEquals(TWO, events().subList(from, events().size()));
    }

    @Test
    @Tag("other")
    void runThatReadsRecordsGoesOnBeingTheCause() throws Exception {
        send("a", "b");
        Call run = Hooks.begin(new ScopeFacts(CallFacts.Kind.RUN, "kafka", "run") {});
        Object own = Hooks.capture();
        try (KafkaConsumer<String, String> consumer = assigned("billing")) {
            for (ConsumerRecord<String, String> record : poll(consumer, 2)) {
                assertSame(own, Hooks.capture(), record.value());
            }
        }
        Hooks.end(run, 0, null);
    }

    @Test
    @Tag("other")
    void recordsAreProcessedWhereverTheyAreTaken() throws Exception {
        send("a", "b");
        int from = events().size();
        try (KafkaConsumer<String, String> consumer = assigned("billing")) {
            ConsumerRecords<String, String> polled = poll(consumer, 2);
            AtomicReference<Object> after = new AtomicReference<>("unset");
            Thread worker = new Thread(() -> {
                for (ConsumerRecord<String, String> record : polled) assertNotNull(Hooks.capture(), record.value());
                after.set(Hooks.capture());
            });
            worker.start();
            worker.join();
            assertNull(after.get());
        }
        assertEquals(TWO, events().subList(from, from + 4));
    }

    @Test
    @Tag("attempts")
    void sameRecordAgainIsToldByItsPlace() throws Exception {
        send("a");
        for (int delivery = 0; delivery < 2; delivery++) {
            try (KafkaConsumer<String, String> consumer = consumer("billing-" + topic)) {
                consumer.subscribe(List.of(topic));
                for (ConsumerRecord<String, String> record : poll(consumer, 1)) assertEquals("a", record.value());
            }
        }
        MessageFacts first = begun(1);
        MessageFacts second = begun(2);
        assertEquals(first.offset(), second.offset());
        assertEquals(first.partition(), second.partition());
        assertEquals(first.destination(), second.destination());
        assertEquals(first.consumer(), second.consumer());
    }

    // ---- bad input

    @Test
    @Tag("other")
    void strangeRecords() throws Exception {
        String longest = "t".repeat(249 - topic.length()) + topic;
        try (KafkaProducer<String, String> producer = producer()) {
            ProducerRecord<String, String> record = new ProducerRecord<>(longest, null, null);
            record.headers().add("traceparent", null);
            record.headers().add("baggage", new byte[500_000]);
            record.headers().add("Idempotency-Key", new byte[] {(byte) 0xc3, 0, '\n', -1});
            for (int i = 0; i < 10_000; i++) record.headers().add("h" + i, new byte[0]);
            producer.send(record).get();
        }
        MessageFacts sent = begun(0);
        assertNull(sent.key());
        assertNull(sent.value());
        assertNull(sent.header("traceparent"));
        try (KafkaConsumer<String, String> consumer = consumer("a")) {
            consumer.assign(List.of(new TopicPartition(longest, 0)));
            consumer.seekToBeginning(consumer.assignment());
            for (ConsumerRecord<String, String> record : poll(consumer, 1)) assertNull(record.value());
        }
        MessageFacts received = begun(1);
        assertNull(received.header("traceparent"));
        assertEquals(8_193, received.header("baggage").length());
        assertEquals("\ufffd\u0000\n\ufffd", received.header("Idempotency-Key"));
        assertEquals("", received.header("h9999"));
    }

    @Test
    @Tag("other")
    void nothingIsToldWithoutAnAgent() throws Exception {
        Hooks.install(null);
        try {
            send("a");
            try (KafkaConsumer<String, String> consumer = assigned("a")) {
                for (ConsumerRecord<String, String> record : poll(consumer, 1)) assertEquals("a", record.value());
            }
        } finally {
            Hooks.install(WOVEN.agent());
        }
        assertEquals(List.of(), events());
    }
}
