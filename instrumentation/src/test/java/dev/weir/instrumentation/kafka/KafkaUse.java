package dev.weir.instrumentation.kafka;

import dev.weir.bootstrap.MessageFacts;
import dev.weir.instrumentation.testing.Woven;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A broker, and how an application uses it. */
abstract class KafkaUse {

    @RegisterExtension
    static final Woven WOVEN = new Woven(new KafkaInstrumentation());

    static KafkaBroker broker;

    final String topic = "orders-" + UUID.randomUUID();

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        broker = KafkaBroker.start(directory);
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
    }

    static KafkaProducer<String, String> producer(String... settings) {
        Map<String, Object> all = new HashMap<>();
        all.put("bootstrap.servers", broker.address());
        for (int i = 0; i < settings.length; i += 2) all.put(settings[i], settings[i + 1]);
        return new KafkaProducer<>(all, new StringSerializer(), new StringSerializer());
    }

    static KafkaConsumer<String, String> consumer(String group, String... settings) {
        Map<String, Object> all = new HashMap<>();
        all.put("bootstrap.servers", broker.address());
        all.put("group.id", group);
        all.put("auto.offset.reset", "earliest");
        all.put("enable.auto.commit", "false");
        for (int i = 0; i < settings.length; i += 2) all.put(settings[i], settings[i + 1]);
        return new KafkaConsumer<>(all, new StringDeserializer(), new StringDeserializer());
    }

    void send(String... values) throws Exception {
        try (KafkaProducer<String, String> producer = producer()) {
            for (String value : values)
                producer.send(new ProducerRecord<>(topic, "key", value)).get();
        }
    }

    /** Polls until so many records have come in one go. */
    static ConsumerRecords<String, String> poll(KafkaConsumer<String, String> consumer, int count) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (System.nanoTime() < until) {
            ConsumerRecords<String, String> polled = consumer.poll(Duration.ofMillis(200));
            if (polled.count() >= count) return polled;
            if (!polled.isEmpty()) consumer.seekToBeginning(consumer.assignment());
        }
        throw new AssertionError("no records");
    }

    KafkaConsumer<String, String> assigned(String group) {
        KafkaConsumer<String, String> consumer = consumer(group);
        TopicPartition partition = new TopicPartition(topic, 0);
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        return consumer;
    }

    static List<String> events() {
        List<String> events = new ArrayList<>();
        for (String event : WOVEN.agent().events()) events.add(event.replaceAll("orders-[-0-9a-f]*", "T"));
        return events;
    }

    static MessageFacts begun(int index) {
        return (MessageFacts) WOVEN.agent().begun().get(index);
    }
}
