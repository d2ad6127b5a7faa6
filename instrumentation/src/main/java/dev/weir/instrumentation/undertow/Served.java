package dev.weir.instrumentation.undertow;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.Entered;
import io.undertow.server.DefaultResponseListener;
import io.undertow.server.ExchangeCompletionListener;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ResponseCommitListener;
import io.undertow.util.AttachmentKey;
import org.jspecify.annotations.Nullable;

/** One request that is being served. It is over when its root handler has returned and its exchange is complete. */
final class Served implements ExchangeCompletionListener, ResponseCommitListener {

    private static final AttachmentKey<Served> KEY = AttachmentKey.create(Served.class);

    private final Call call;
    private final @Nullable Object context;
    private int status;
    private @Nullable Throwable thrown;
    private boolean returned;
    private boolean complete;

    private Served(Call call) {
        this.call = call;
        this.context = Hooks.capture();
    }

    static @Nullable Served of(HttpServerExchange exchange) {
        return exchange.getAttachment(KEY);
    }

    static Served begin(HttpServerExchange exchange, Call call) {
        Served served = new Served(call);
        exchange.putAttachment(KEY, served);
        exchange.addExchangeCompleteListener(served);
        exchange.addResponseCommitListener(served);
        return served;
    }

    Call call() {
        return call;
    }

    /** The context of the request comes to a thread that goes on with it. */
    Entered enter() {
        return new Entered(context);
    }

    @Override
    public void beforeCommit(HttpServerExchange exchange) {
        Hooks.replying(call);
    }

    @Override
    public void exchangeEvent(HttpServerExchange exchange, NextListener nextListener) {
        boolean over;
        synchronized (this) {
            complete = true;
            status = exchange.getStatusCode();
            thrown = exchange.getAttachment(DefaultResponseListener.EXCEPTION);
            over = returned;
        }
        if (over) Hooks.end(call, status, thrown);
        nextListener.proceed();
    }

    /** The root handler returned; the exchange may have been dispatched. */
    void returned() {
        boolean over;
        synchronized (this) {
            returned = true;
            over = complete;
        }
        if (over) Hooks.end(call, status, thrown);
        else Hooks.leave(call);
    }
}
