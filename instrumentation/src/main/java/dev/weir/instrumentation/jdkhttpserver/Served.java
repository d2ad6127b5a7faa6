package dev.weir.instrumentation.jdkhttpserver;

import com.sun.net.httpserver.HttpExchange;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.WeakIdentityMap;
import java.io.OutputStream;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/** One request that is being served. It is over when its handler has returned and its reply is complete. */
final class Served {

    private static final int MOST = 1 << 16;
    private static final WeakIdentityMap<Served> EXCHANGES = new WeakIdentityMap<>(MOST);
    private static final WeakIdentityMap<Served> REPLIES = new WeakIdentityMap<>(MOST);
    private static final ThreadLocal<@Nullable Served> SENDING = new ThreadLocal<>();

    // Weak: this is found by the exchange, for as long as it lives.
    private final WeakReference<HttpExchange> exchange;
    private final @Nullable Call call;
    private volatile int status;
    private boolean returned;
    private boolean replied;

    private Served(HttpExchange exchange, @Nullable Call call) {
        this.exchange = new WeakReference<>(exchange);
        this.call = call;
    }

    static boolean knows(HttpExchange exchange) {
        return EXCHANGES.get(exchange) != null;
    }

    static void add(HttpExchange exchange, @Nullable Call call) {
        EXCHANGES.put(exchange, new Served(exchange, call));
    }

    static @Nullable Served of(HttpExchange exchange) {
        return EXCHANGES.get(exchange);
    }

    /** The head of the reply is about to be sent; streams that are made meanwhile are for its body. */
    void sending(int code) {
        Hooks.replying(call);
        // A reply without a body is complete before the method that sends its head returns.
        status = code;
        SENDING.set(this);
    }

    void sent(@Nullable Throwable thrown) {
        SENDING.set(null);
        if (thrown != null) status = 0;
    }

    static void body(OutputStream stream) {
        Served sending = SENDING.get();
        if (sending != null) REPLIES.put(stream, sending);
    }

    /** The body is complete, or will never be. */
    static void bodyClosed(OutputStream stream) {
        Served served = REPLIES.remove(stream);
        if (served != null) served.replied();
    }

    void replied() {
        boolean over;
        synchronized (this) {
            over = returned && !replied;
            replied = true;
        }
        if (over) end(null);
    }

    /** The handler, and all filters around it, returned or threw. */
    void returned(@Nullable Throwable thrown) {
        boolean over;
        synchronized (this) {
            returned = true;
            over = replied || thrown != null;
        }
        if (over) end(thrown);
        else Hooks.leave(call);
    }

    /**
     * What is over is forgotten at once: it holds all that was done for the request, and the collector would have to copy
     * that until somebody sweeps.
     */
    private void end(@Nullable Throwable thrown) {
        Hooks.end(call, status, thrown);
        HttpExchange alive = exchange.get();
        if (alive != null) EXCHANGES.remove(alive);
    }
}
