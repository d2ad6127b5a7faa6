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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is sent. */
abstract class KafkaProducing extends KafkaUse {

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

    /** The producer and the consumer go on. */
    @Test
    @Tag("other")
    void nothingIsHeldOfMessagesThatAreOver() throws Exception {
        WOVEN.agent().forgetWhatIsOver();
        int rounds = 20;
        try (KafkaProducer<String, String> producer = producer();
                KafkaConsumer<String, String> consumer = assigned("billing")) {
            for (int i = 0; i < rounds; i++) {
                producer.send(new ProducerRecord<>(topic, "k", "v" + i)).get();
            }
            for (int i = 0; i < rounds; ) for (ConsumerRecord<String, String> each : poll(consumer, 1)) i++;
            consumer.poll(Duration.ofMillis(1));
            WOVEN.agent().awaitEnds(2 * rounds);
            // Each may know what it did last.
            long held = WOVEN.agent().held(4);
            assertTrue(held <= 4, held + " are held");
        }
    }
}
