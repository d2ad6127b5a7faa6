package dev.weir.instrumentation.kafka;

import dev.weir.bootstrap.Call;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.AbstractConfig;
import org.jspecify.annotations.Nullable;

/**
 * Kafka's client.
 *
 * <p>A send is a call from {@code doSend}, below interceptors, to its callback. A record is a scope while the application
 * holds it: from {@code next()} of an iteration over what {@code poll} gave, to the following {@code next()}, the end of
 * the iteration, or the next {@code poll} or {@code close}.
 */
public final class KafkaInstrumentation implements Instrumentation {

    private static final String CLIENTS = "org.apache.kafka.clients.";

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type(CLIENTS + "producer.KafkaProducer")
                .method("<init>", "Made", CLIENTS + "producer.ProducerConfig")
                .exactly("doSend", "Send", CLIENTS + "producer.ProducerRecord", CLIENTS + "producer.Callback")
                .exactly("waitOnMetadata", "Wait", "java.lang.String", "java.lang.Integer", "long", "long");
        weaving.type(CLIENTS + "producer.internals.ProducerBatch").method("tryAppend", "Append", "long", "byte[]");
        weaving.type(CLIENTS + "producer.internals.RecordAccumulator")
                .method("reenqueue", "Repeat", CLIENTS + "producer.internals.ProducerBatch")
                .method("splitAndReenqueue", "Repeat", CLIENTS + "producer.internals.ProducerBatch");
        weaving.type(CLIENTS + "consumer.KafkaConsumer")
                .method("<init>", "Made", CLIENTS + "consumer.ConsumerConfig")
                .exactly("poll", "Poll", "java.time.Duration")
                .exactly("poll", "Poll", "long")
                .method("close", "Close");
        weaving.type(CLIENTS + "consumer.ConsumerRecords")
                .exactly("iterator", "Iterate")
                .exactly("records", "Partition", "org.apache.kafka.common.TopicPartition")
                .exactly("records", "Topic", "java.lang.String");
    }

    /** A producer or consumer was made. */
    static final class Made {

        static void exit(Object client, AbstractConfig config) {
            Client.made(client, config);
        }
    }

    static final class Send {

        static @Nullable Object enter(
                Object producer, @Nullable ProducerRecord<?, ?> sent, @Nullable Callback callback) {
            return Sending.begin(producer, sent, callback);
        }

        static @Nullable ProducerRecord<?, ?> argument0(
                @Nullable Object sending, Object producer, @Nullable ProducerRecord<?, ?> sent) {
            return sending instanceof Sending begun ? begun.carrying() : sent;
        }

        static @Nullable Callback argument1(
                @Nullable Object sending,
                Object producer,
                @Nullable ProducerRecord<?, ?> sent,
                @Nullable Callback callback) {
            return sending instanceof Sending begun ? begun.callback() : callback;
        }

        static void exit(@Nullable Object sending, @Nullable Object future, @Nullable Throwable thrown) {
            if (sending instanceof Sending begun) begun.returned(thrown);
        }
    }

    /** The first thing that a send does: what it throws here takes Kafka's own way to callbacks and transactions. */
    static final class Wait {

        static @Nullable Call enter() {
            return Sending.denied();
        }

        static long argument3(
                @Nullable Call denied,
                Object producer,
                String topic,
                @Nullable Integer partition,
                long now,
                long most) {
            return Sending.blocksAtMost(most);
        }

        static @Nullable Throwable exit(@Nullable Call denied) {
            return denied instanceof Call.Denied refusal ? Sending.exception(refusal) : null;
        }
    }

    /** A record has found its place in a batch, or not. */
    static final class Append {

        static void exit(@Nullable Object future, @Nullable Throwable thrown, Object batch) {
            if (future != null) Sending.appendedTo(batch);
        }
    }

    /** The producer will send a batch once more. */
    static final class Repeat {

        static void enter(Object accumulator, Object batch) {
            Sending.repeated(batch);
        }
    }

    static final class Poll {

        static void enter(Object consumer) {
            Processing.polls(consumer);
        }

        static void exit(
                @Nullable Object token,
                @Nullable ConsumerRecords<?, ?> polled,
                @Nullable Throwable thrown,
                Object consumer) {
            Processing.polled(consumer, polled);
        }
    }

    static final class Close {

        static void enter(Object consumer) {
            Processing.closes(consumer);
        }
    }

    static final class Iterate {

        static @Nullable Iterator<?> exit(
                @Nullable Iterator<ConsumerRecord<Object, Object>> records,
                @Nullable Throwable thrown,
                ConsumerRecords<?, ?> polled) {
            if (records == null) return records;
            Client client = Processing.of(polled);
            return client == null ? records : new FollowedIterator<>(records, client);
        }
    }

    static final class Partition {

        static @Nullable List<?> exit(
                @Nullable List<ConsumerRecord<Object, Object>> records,
                @Nullable Throwable thrown,
                ConsumerRecords<?, ?> polled,
                TopicPartition partition) {
            if (records == null || records.isEmpty()) return records;
            Client client = Processing.of(polled);
            return client == null ? records : new FollowedList<>(records, client);
        }
    }

    static final class Topic {

        static @Nullable Iterable<?> exit(
                @Nullable Iterable<ConsumerRecord<Object, Object>> records,
                @Nullable Throwable thrown,
                ConsumerRecords<?, ?> polled) {
            if (records == null) return records;
            Client client = Processing.of(polled);
            return client == null ? records : new FollowedIterable<>(records, client);
        }
    }
}
