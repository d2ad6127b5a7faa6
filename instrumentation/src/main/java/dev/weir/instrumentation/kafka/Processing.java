package dev.weir.instrumentation.kafka;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.WeakIdentityMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jspecify.annotations.Nullable;

/**
 * What one thread has in hand. A record's scope is ended by whatever comes first: the next record, the end of the
 * iteration, the consumer's next {@code poll}, its {@code close}.
 */
final class Processing {

    /** For {@link Hooks#end}: the loop was left before its end, and nobody knows how the record's processing went. */
    private static final String LEFT = "left";

    private static final String STREAMS = "org.apache.kafka.streams.processor.internals.";
    private static final int MOST_POLLED = 16_384;

    private static final ThreadLocal<Processing> THREADS = ThreadLocal.withInitial(Processing::new);
    private static final WeakIdentityMap<Client> POLLED = new WeakIdentityMap<>(MOST_POLLED);

    private @Nullable Call open;
    private @Nullable Client owner;
    private @Nullable Object iteration;
    private @Nullable ReceiveFacts received;

    private Processing() {}

    static void polls(Object consumer) {
        left(Client.of(consumer));
    }

    static void closes(Object consumer) {
        left(Client.of(consumer));
    }

    @SuppressWarnings("ReferenceEquality") // Which consumer it is, whatever it equals.
    private static void left(Client consumer) {
        Processing processing = THREADS.get();
        // Another consumer's: it may well be asked while a record of this one is processed.
        if (processing.owner == consumer) processing.end(LEFT);
    }

    static void polled(Object consumer, @Nullable ConsumerRecords<?, ?> polled) {
        // Kafka Streams only puts records into queues of its own.
        if (polled == null || polled.isEmpty() || isStreams()) return;
        POLLED.put(polled, Client.of(consumer));
    }

    private static boolean isStreams() {
        return Thread.currentThread().getClass().getName().startsWith(STREAMS);
    }

    /** Whose records these are; {@code null} when nobody polled them, or interceptors look at them. */
    static @Nullable Client of(ConsumerRecords<?, ?> polled) {
        return POLLED.get(polled);
    }

    /** Somebody says by himself what he processes, and when: to iterate over these means nothing. */
    static @Nullable Client taken(@Nullable ConsumerRecords<?, ?> polled) {
        return polled == null ? null : POLLED.remove(polled);
    }

    /** What this thread processes; {@code null} when that is nothing that came from Kafka. */
    static @Nullable ReceiveFacts inHand() {
        return THREADS.get().received;
    }

    /** A record is in hand until {@link #done(Call, Throwable)}. */
    static @Nullable Call begin(ReceiveFacts facts) {
        if (Hooks.capture() != null) return null;
        Call begun = Hooks.begin(facts);
        if (begun != null) THREADS.get().received = facts;
        return begun;
    }

    static void done(@Nullable Call call, @Nullable Throwable thrown) {
        if (call == null) return;
        THREADS.get().received = null;
        Hooks.end(call, 0, thrown);
    }

    /** The next record of an iteration is in hand. */
    static void begin(Object iteration, ConsumerRecord<?, ?> received, Client consumer) {
        Processing processing = THREADS.get();
        // A run or a request that reads records goes on being what causes things.
        if (Hooks.capture() != null) return;
        ReceiveFacts facts = new ReceiveFacts(received, consumer);
        Call begun = Hooks.begin(facts);
        if (begun == null) return;
        processing.received = facts;
        processing.open = begun;
        processing.owner = consumer;
        processing.iteration = iteration;
    }

    /** An iteration goes on to its next record, or is over. */
    @SuppressWarnings("ReferenceEquality") // Which iteration and which consumer, whatever they equal.
    static void done(Object iteration, Client consumer) {
        Processing processing = THREADS.get();
        if (processing.iteration == iteration) processing.end(null);
        // A loop before this one was left with its last record in hand.
        else if (processing.owner == consumer) processing.end(LEFT);
    }

    private void end(@Nullable String code) {
        Call ended = open;
        open = null;
        owner = null;
        iteration = null;
        if (ended != null) received = null;
        Hooks.end(ended, 0, code, null);
    }
}
