package dev.weir.instrumentation.kafka;

import dev.weir.bootstrap.WeakIdentityMap;
import java.util.List;
import org.apache.kafka.streams.processor.internals.InternalProcessorContext;
import org.apache.kafka.streams.processor.internals.ProcessorRecordContext;
import org.jspecify.annotations.Nullable;

/** The tasks of Kafka Streams. They process in the name of their application. */
final class StreamTasks {

    private static final String GLOBAL = "org.apache.kafka.streams.processor.internals.GlobalStreamThread";
    private static final int MOST = 16_384;
    private static final WeakIdentityMap<Client> KNOWN = new WeakIdentityMap<>(MOST);

    private StreamTasks() {}

    /** What the task has just taken out of its queues; {@code null} when that is no record to be processed. */
    static @Nullable ReceiveFacts inHand(InternalProcessorContext<?, ?> task) {
        // What fills global tables is no processing: every instance reads all of it, each time it starts.
        if (Thread.currentThread().getClass().getName().equals(GLOBAL)) return null;
        ProcessorRecordContext place = task.recordContext();
        if (place == null || place.topic() == null) return null;
        return new ReceiveFacts(place.topic(), place.partition(), place.offset(), place.headers(), client(task));
    }

    private static Client client(InternalProcessorContext<?, ?> task) {
        Client known = KNOWN.get(task);
        if (known != null) return known;
        Object servers = task.appConfigs().get("bootstrap.servers");
        List<?> list = servers instanceof List<?> several
                ? several
                : servers instanceof String text ? List.of(text.split(",")) : List.of();
        Client client = Client.consuming(list, task.applicationId());
        KNOWN.put(task, client);
        return client;
    }
}
