package dev.weir.instrumentation.kafka;

import dev.weir.bootstrap.MessageFacts;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** What is known of a record that the application processes. */
final class ReceiveFacts extends MessageFacts {

    /** Spring's name for it: whoever waits for a reply says where. */
    private static final String REPLY_TOPIC = "kafka_replyTopic";

    private final int partition;
    private final long offset;
    private final Headers headers;
    private final Client consumer;
    private volatile @Nullable Throwable failure;

    ReceiveFacts(ConsumerRecord<?, ?> received, Client consumer) {
        this(received.topic(), received.partition(), received.offset(), received.headers(), consumer);
    }

    ReceiveFacts(String topic, int partition, long offset, Headers headers, Client consumer) {
        super(Kind.MESSAGE_RECEIVE, "kafka", "kafka", topic);
        this.partition = partition;
        this.offset = offset;
        this.headers = headers;
        this.consumer = consumer;
    }

    /** What its processing failed with, where somebody else goes on to deal with that. */
    void failed(Throwable thrown) {
        failure = thrown;
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    @Override
    public String host() {
        return consumer.host();
    }

    @Override
    public int port() {
        return consumer.port();
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
    public @Nullable String consumer() {
        return consumer.group();
    }

    @Override
    public boolean awaited() {
        return headers.lastHeader(REPLY_TOPIC) != null;
    }

    @Override
    public @Nullable String header(String name) {
        return RecordHeaderText.read(headers, name);
    }
}
