package dev.weir.instrumentation.kafka;

import dev.weir.bootstrap.MessageFacts;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** What is known of a record that the application processes. */
final class ReceiveFacts extends MessageFacts {

    /** Spring's name for it: whoever waits for a reply says where. */
    private static final String REPLY_TOPIC = "kafka_replyTopic";

    private final ConsumerRecord<?, ?> received;
    private final Client consumer;

    ReceiveFacts(ConsumerRecord<?, ?> received, Client consumer) {
        super(Kind.MESSAGE_RECEIVE, "kafka", "kafka", received.topic());
        this.received = received;
        this.consumer = consumer;
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
        return received.partition();
    }

    @Override
    public long offset() {
        return received.offset();
    }

    @Override
    public @Nullable String consumer() {
        return consumer.group();
    }

    @Override
    public boolean awaited() {
        return received.headers().lastHeader(REPLY_TOPIC) != null;
    }

    @Override
    public @Nullable String header(String name) {
        return RecordHeaderText.read(received.headers(), name);
    }
}
