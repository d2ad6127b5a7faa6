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
import org.apache.kafka.streams.processor.internals.InternalProcessorContext;
import org.jspecify.annotations.Nullable;

/**
 * Kafka's client.
 *
 * <p>A send is a call from {@code doSend}, below interceptors, to its callback. A record is a scope while the application
 * holds it: from {@code next()} of an iteration over what {@code poll} gave, to the following {@code next()}, the end of
 * the iteration, or the next {@code poll} or {@code close}. Kafka Streams and Spring's listener containers say by themselves
 * which record they process: there it is a scope for as long as that takes.
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
        weaving.type("org.apache.kafka.streams.processor.internals.SourceNode")
                .exactly("process", "Stream", "org.apache.kafka.streams.processor.api.Record")
                .fieldForReceiver("context");
        weaving.type("org.springframework.kafka.listener.KafkaMessageListenerContainer$ListenerConsumer")
                .exactly("doPoll", "SpringPoll")
                .method("doInvokeRecordListener", "SpringRecord", CLIENTS + "consumer.ConsumerRecord")
                .exactly("invokeOnMessage", "SpringListener", CLIENTS + "consumer.ConsumerRecord");
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

    /** Kafka Streams: a record enters a topology, and goes through it on this thread. */
    static final class Stream {

        static @Nullable Call enter(@Nullable InternalProcessorContext<?, ?> task) {
            ReceiveFacts received = task == null ? null : StreamTasks.inHand(task);
            return received == null ? null : Processing.begin(received);
        }

        static void exit(@Nullable Call call, @Nullable Throwable thrown) {
            Processing.done(call, thrown);
        }
    }

    /** Spring's listener container reads ahead: for batches, and when it has to seek back. */
    static final class SpringPoll {

        static void exit(@Nullable ConsumerRecords<?, ?> polled, @Nullable Throwable thrown, Object container) {
            SpringContainers.polled(container, Processing.taken(polled));
        }
    }

    /** A listener that gets one record at a time, and the handling of what it throws, such as a dead letter. */
    static final class SpringRecord {

        static @Nullable Call enter(Object container, ConsumerRecord<?, ?> received) {
            Client client = SpringContainers.client(container);
            return client == null ? null : Processing.begin(new ReceiveFacts(received, client));
        }

        static void exit(@Nullable Call call, @Nullable Object failure, @Nullable Throwable thrown) {
            if (call == null) return;
            Throwable met = call.facts() instanceof ReceiveFacts facts ? facts.failure() : null;
            Processing.done(call, met == null ? thrown : met);
        }
    }

    /** The listener itself. */
    static final class SpringListener {

        static void exit(@Nullable Throwable thrown) {
            ReceiveFacts inHand = Processing.inHand();
            if (thrown != null && inHand != null) inHand.failed(SpringContainers.unwrapped(thrown));
        }
    }
}
