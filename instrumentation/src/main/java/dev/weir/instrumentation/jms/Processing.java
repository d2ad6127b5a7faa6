package dev.weir.instrumentation.jms;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import jakarta.jms.Message;
import org.jspecify.annotations.Nullable;

/** What one thread has received by itself and has in hand. */
final class Processing {

    private static final ThreadLocal<Processing> THREADS = ThreadLocal.withInitial(Processing::new);

    private @Nullable Call open;
    private @Nullable Object owner;
    private @Nullable Throwable failure;

    private Processing() {}

    static void asks(Object consumer) {
        Processing processing = THREADS.get();
        // Another consumer's: a reply is often waited for while a message of this one is processed.
        if (processing.owner == consumer) processing.end(null);
    }

    /** @param code what it means for the message in hand, {@code null} when it is well */
    static void closes(Object closed, @Nullable String code) {
        Processing processing = THREADS.get();
        Object consumer = processing.owner;
        if (consumer != null && Consumers.belongs(consumer, closed)) processing.end(code);
    }

    static void received(Object consumer, Message message) {
        // A request or a run that receives a message goes on being what causes things.
        if (Hooks.capture() != null) return;
        Call begun = Hooks.begin(new ReceiveFacts(message, Consumers.subscription(consumer)));
        if (begun == null) return;
        Processing processing = THREADS.get();
        processing.open = begun;
        processing.owner = consumer;
    }

    /** What is done with the message in hand failed with this. */
    static void failed(Throwable thrown) {
        Processing processing = THREADS.get();
        if (processing.open != null) processing.failure = thrown;
    }

    private void end(@Nullable String code) {
        Call ended = open;
        Throwable thrown = failure;
        open = null;
        owner = null;
        failure = null;
        Hooks.end(ended, 0, code, thrown);
    }
}
