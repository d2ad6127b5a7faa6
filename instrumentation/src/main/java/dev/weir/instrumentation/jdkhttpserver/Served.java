package dev.weir.instrumentation.jdkhttpserver;

import com.sun.net.httpserver.HttpExchange;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.WeakIdentityMap;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** One request that is being served. It is over when its handler has returned and its reply is complete. */
final class Served {

    private static final int MOST = 1 << 16;
    private static final WeakIdentityMap<Served> EXCHANGES = new WeakIdentityMap<>(MOST);
    private static final WeakIdentityMap<Served> REPLIES = new WeakIdentityMap<>(MOST);
    private static final ThreadLocal<@Nullable Served> SENDING = new ThreadLocal<>();

    private final @Nullable Call call;
    private volatile int status;
    private boolean returned;
    private boolean replied;

    private Served(@Nullable Call call) {
        this.call = call;
    }

    static boolean knows(HttpExchange exchange) {
        return EXCHANGES.get(exchange) != null;
    }

    static void add(HttpExchange exchange, @Nullable Call call) {
        EXCHANGES.put(exchange, new Served(call));
    }

    static @Nullable Served of(HttpExchange exchange) {
        return EXCHANGES.get(exchange);
    }

    /**
     * The handler of an exchange, and all filters around it, returned or threw. What is over is forgotten at once: it holds
     * all that was done for it, and the collector would have to copy that until somebody sweeps.
     */
    static void returned(HttpExchange exchange, @Nullable Throwable thrown) {
        Served served = EXCHANGES.get(exchange);
        if (served != null && served.returned(thrown)) EXCHANGES.remove(exchange);
    }

    /** An exchange was closed. */
    static void closed(HttpExchange exchange) {
        Served served = EXCHANGES.get(exchange);
        if (served != null && served.replied()) EXCHANGES.remove(exchange);
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
        if (served == null || !served.replied() || served.call == null) return;
        HttpExchange exchange = served.call.facts() instanceof ExchangeFacts facts ? facts.exchange() : null;
        if (exchange != null) EXCHANGES.remove(exchange);
    }

    /** Returns whether all is over. */
    private boolean replied() {
        boolean over;
        synchronized (this) {
            over = returned && !replied;
            replied = true;
        }
        if (over) Hooks.end(call, status, null);
        return over;
    }

    private boolean returned(@Nullable Throwable thrown) {
        boolean over;
        synchronized (this) {
            returned = true;
            over = replied || thrown != null;
        }
        if (over) Hooks.end(call, status, thrown);
        else Hooks.leave(call);
        return over;
    }
}
