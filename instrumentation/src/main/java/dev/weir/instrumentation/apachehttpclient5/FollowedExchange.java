package dev.weir.instrumentation.apachehttpclient5;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.CallLimit;
import dev.weir.instrumentation.shared.InContext;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncClientExchangeHandler;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.apache.hc.core5.http.nio.RequestChannel;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Takes the place of the application's handler in an asynchronous client without an execution chain: begins the call when
 * the request is handed to the client, learns how it ends, and lets the application run inside what caused it.
 */
final class FollowedExchange implements AsyncClientExchangeHandler {

    private final AsyncClientExchangeHandler handler;
    private final @Nullable Object cause = Hooks.capture();
    private final @Nullable RequestConfig config;
    private final AtomicBoolean told = new AtomicBoolean();
    private volatile @Nullable MinimalRequest request;
    private volatile @Nullable Cancellable running;

    FollowedExchange(AsyncClientExchangeHandler handler, @Nullable HttpContext context) {
        this.handler = handler;
        this.config = context instanceof HttpClientContext client ? client.getRequestConfig() : null;
    }

    /** The client was asked, and says what can be cancelled. */
    void running(@Nullable Cancellable cancellable) {
        running = cancellable;
        if (isLate() && cancellable != null) cancellable.cancel();
    }

    private boolean isLate() {
        MinimalRequest current = request;
        return current != null && current.limit().isOver();
    }

    // The application is told first: being cancelled would be another answer.
    private void abort() {
        failed(new InterruptedIOException());
        Cancellable cancellable = running;
        if (cancellable != null) cancellable.cancel();
    }

    private void send(RequestChannel channel, HttpRequest sent, @Nullable EntityDetails entity, HttpContext context)
            throws HttpException, IOException {
        MinimalRequest begun = new MinimalRequest(sent, entity, config, this::abort);
        Call call = begun.begin();
        if (call instanceof Call.Denied denied) throw ApacheHttpClient5Instrumentation.denial(denied);
        if (call != null) {
            request = begun;
            begun.write(sent);
        }
        try {
            channel.sendRequest(sent, entity, context);
        } finally {
            if (call != null) Hooks.leave(call);
            begun.comeBack();
        }
    }

    private interface Step {

        void run() throws HttpException, IOException;
    }

    private void inside(Step step) throws HttpException, IOException {
        if (cause == null) {
            step.run();
            return;
        }
        Object outer = Hooks.enter(cause);
        try {
            step.run();
        } finally {
            Hooks.exit(outer);
        }
    }

    @Override
    public void produceRequest(RequestChannel channel, HttpContext context) throws HttpException, IOException {
        handler.produceRequest((sent, entity, inner) -> send(channel, sent, entity, inner), context);
    }

    @Override
    public int available() {
        return handler.available();
    }

    @Override
    public void produce(DataStreamChannel channel) throws IOException {
        InContext.run(cause, handler, channel, AsyncClientExchangeHandler::produce);
    }

    @Override
    public void consumeInformation(HttpResponse response, HttpContext context) throws HttpException, IOException {
        inside(() -> handler.consumeInformation(response, context));
    }

    @Override
    public void consumeResponse(HttpResponse response, @Nullable EntityDetails entity, HttpContext context)
            throws HttpException, IOException {
        MinimalRequest current = request;
        if (told.get()) throw CallLimit.timeout(null);
        if (current != null) {
            current.over(response, null);
            if (entity == null) current.limit().cancel();
        }
        inside(() -> handler.consumeResponse(response, entity, context));
    }

    @Override
    public void updateCapacity(CapacityChannel channel) throws IOException {
        InContext.run(cause, handler, channel, AsyncClientExchangeHandler::updateCapacity);
    }

    @Override
    public void consume(ByteBuffer source) throws IOException {
        if (told.get()) throw CallLimit.timeout(null);
        InContext.run(cause, handler, source, AsyncClientExchangeHandler::consume);
    }

    @Override
    public void streamEnd(@Nullable List<? extends Header> trailers) throws HttpException, IOException {
        MinimalRequest current = request;
        if (current != null) current.limit().cancel();
        inside(() -> handler.streamEnd(trailers));
    }

    @Override
    public void failed(Exception thrown) {
        Exception known = isLate() ? CallLimit.timeout(thrown) : thrown;
        if (!over(known)) return;
        InContext.run(cause, handler, known, AsyncClientExchangeHandler::failed);
    }

    @Override
    public void cancel() {
        if (!over(new CancellationException())) return;
        InContext.run(cause, handler, AsyncClientExchangeHandler::cancel);
    }

    /** Whether the application is still to be told: a limit tells it on a thread of its own. */
    private boolean over(Exception thrown) {
        MinimalRequest current = request;
        if (current == null) return true;
        if (!told.compareAndSet(false, true) && current.limit().isRunning()) return false;
        current.limit().cancel();
        current.over(null, thrown);
        return true;
    }

    @Override
    public void releaseResources() {
        InContext.run(cause, handler, AsyncClientExchangeHandler::releaseResources);
    }
}
