package dev.weir.instrumentation.undertow;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.InContext;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Who waits for a reply to be sent, called in the context in which it was sent. */
final class CalledInContext implements IoCallback {

    private final Object context;
    private final IoCallback callback;

    private CalledInContext(Object context, IoCallback callback) {
        this.context = context;
        this.callback = callback;
    }

    static @Nullable IoCallback of(@Nullable IoCallback callback) {
        // Undertow knows its own by identity.
        if (callback == null || callback == IoCallback.END_EXCHANGE || callback instanceof CalledInContext) {
            return callback;
        }
        Object context = Hooks.capture();
        return context == null ? callback : new CalledInContext(context, callback);
    }

    @Override
    public void onComplete(HttpServerExchange exchange, Sender sender) {
        InContext.run(context, callback, exchange, sender, IoCallback::onComplete);
    }

    @Override
    public void onException(HttpServerExchange exchange, Sender sender, IOException exception) {
        InContext.run(context, callback, told -> told.onException(exchange, sender, exception));
    }
}
