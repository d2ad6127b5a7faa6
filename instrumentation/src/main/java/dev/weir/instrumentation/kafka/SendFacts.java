package dev.weir.instrumentation.kafka;

import dev.weir.bootstrap.MessageFacts;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** What is known of a record that is sent. */
final class SendFacts extends MessageFacts {

    private static final String KEY = "Idempotency-Key";

    private final ProducerRecord<?, ?> sent;
    private final Client producer;
    private final @Nullable ReceiveFacts inHand = Processing.inHand();
    private volatile boolean keyed;
    private volatile int partition = -1;
    private volatile long offset = -1;
    private long limitMillis = Long.MAX_VALUE;

    /** @param sent a record of our own, whose headers nobody else changes */
    SendFacts(ProducerRecord<?, ?> sent, Client producer) {
        super(Kind.MESSAGE_SEND, "kafka", "kafka", sent.topic());
        this.sent = sent;
        this.producer = producer;
        if (sent.partition() != null) partition = sent.partition();
    }

    /** The broker, or the failure, says where it belongs. */
    void placed(@Nullable RecordMetadata place) {
        if (place == null) return;
        if (place.partition() >= 0) partition = place.partition();
        if (place.hasOffset()) offset = place.offset();
    }

    long limitMillis() {
        return limitMillis;
    }

    @Override
    public String host() {
        return producer.host();
    }

    @Override
    public int port() {
        return producer.port();
    }

    @Override
    public int partition() {
        return partition;
    }

    @Override
    public long offset() {
        return offset;
    }

    @Override
    public @Nullable Object key() {
        return sent.key();
    }

    @Override
    public @Nullable Object value() {
        return sent.value();
    }

    @Override
    public boolean repeatsRecognised() {
        return producer.idempotent();
    }

    @Override
    public long callerTimeoutMillis() {
        return producer.deliveryMillis();
    }

    // Only what blocks the caller: how long a batch is tried cannot be said of one record.
    @Override
    public boolean limit(long millis) {
        limitMillis = millis;
        return false;
    }

    @Override
    public @Nullable String header(String name) {
        String value = RecordHeaderText.read(sent.headers(), name);
        return value != null && !keyed && name.equals(KEY) && isCopied(value) ? null : value;
    }

    /**
     * Who answers a record with records often copies its headers, Kafka Streams always: several records would have the key of
     * the one that caused them, and be taken for one.
     */
    private boolean isCopied(String key) {
        return inHand != null && key.equals(inHand.header(KEY));
    }

    @Override
    public boolean setHeader(String name, String value) {
        sent.headers().remove(name);
        RecordHeaderText.write(sent.headers(), name, value);
        if (name.equals(KEY)) keyed = true;
        return true;
    }

    @Override
    public boolean replaceHeader(String name, String value) {
        return setHeader(name, value);
    }
}
