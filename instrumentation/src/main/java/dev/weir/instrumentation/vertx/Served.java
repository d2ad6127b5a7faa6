package dev.weir.instrumentation.vertx;

import dev.weir.bootstrap.Attachments;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.WeakIdentityMap;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerResponse;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/** One request that is being served. It is over when its handler has returned and its response has ended. */
final class Served {

    // The responses that are open; each holds what is known of it, in its handler of the end.
    private static final WeakIdentityMap<Served> OPEN = new WeakIdentityMap<>(1 << 16);

    private final Call call;
    private final WeakReference<HttpServerResponse> response;
    private final @Nullable Object channel;
    private int status;
    private boolean returned;
    private boolean ended;

    private Served(HttpServerResponse response, Call call, @Nullable Object channel) {
        this.response = new WeakReference<>(response);
        this.call = call;
        this.channel = channel;
    }

    static @Nullable Served of(HttpServerResponse response) {
        return OPEN.get(response);
    }

    static Served begin(HttpServerResponse response, Call call, @Nullable Object channel) {
        Served served = new Served(response, call, channel);
        OPEN.put(response, served);
        // What is woven there puts ours in its place.
        response.endHandler(null);
        response.closeHandler(null);
        return served;
    }

    Call call() {
        return call;
    }

    /** A handler of the response's end that is ours and, if there is one, the application's. */
    Handler<Void> beside(@Nullable Handler<Void> application) {
        return end -> {
            over();
            if (application != null) application.handle(end);
        };
    }

    /** A handler of the connection's loss that is ours and, if there is one, the application's. */
    Handler<Void> besideLost(@Nullable Handler<Void> application) {
        return loss -> {
            over();
            if (application != null) application.handle(loss);
        };
    }

    private void over() {
        HttpServerResponse open = response.get();
        boolean now;
        synchronized (this) {
            // Before Vert.x 5.1 the loss of a connection is an end too.
            if (!ended && open != null && open.headWritten()) status = open.getStatusCode();
            ended = true;
            now = returned;
        }
        if (open != null) OPEN.remove(open);
        if (now) end(null);
    }

    /** The handler returned or threw; the response may be far from its end. */
    void returned(HttpServerResponse open, @Nullable Throwable thrown) {
        boolean now;
        synchronized (this) {
            returned = true;
            now = ended || thrown != null;
            if (!ended && thrown != null && open.headWritten()) status = open.getStatusCode();
        }
        if (!now) {
            Hooks.leave(call);
            return;
        }
        OPEN.remove(open);
        end(thrown);
    }

    private void end(@Nullable Throwable thrown) {
        if (channel != null && Attachments.of(channel) == call) Attachments.detach(channel);
        Hooks.end(call, status, thrown);
    }
}
