package dev.weir.instrumentation.jms;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.InContext;
import jakarta.jms.CompletionListener;
import jakarta.jms.Message;
import org.jspecify.annotations.Nullable;

/** Who hears of an asynchronous send. Apart from {@link Sending}, because JMS 1.1 has no such listeners. */
final class Completion implements CompletionListener {

    private final Call call;
    private final CompletionListener applications;
    private final @Nullable Object context = Hooks.capture();

    private Completion(Call call, CompletionListener applications) {
        this.call = call;
        this.applications = applications;
    }

    static @Nullable CompletionListener of(@Nullable Call call, @Nullable CompletionListener listener) {
        if (call == null || call instanceof Call.Denied || listener == null) return listener;
        return new Completion(call, listener);
    }

    @Override
    public void onCompletion(Message message) {
        Sending.end(call, null);
        InContext.run(context, applications, message, CompletionListener::onCompletion);
    }

    @Override
    public void onException(Message message, Exception thrown) {
        Sending.end(call, thrown);
        InContext.run(context, applications, message, thrown, CompletionListener::onException);
    }
}
