package dev.weir.instrumentation.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class KafkaInstrumentationTest extends KafkaProducing {

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
