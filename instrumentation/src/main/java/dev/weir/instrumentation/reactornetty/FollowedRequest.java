package dev.weir.instrumentation.reactornetty;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.DeadlineTimer;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.ChannelAttributes;
import dev.weir.instrumentation.shared.Entered;
import dev.weir.instrumentation.shared.InContext;
import dev.weir.instrumentation.shared.Refused;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.AttributeKey;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.netty.Connection;
import reactor.netty.http.HttpOperations;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.http.client.HttpClientRequest;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * One subscription to a request: what it was caused by, and the call that is under way for it. Stands between the library
 * and the application's subscriber, which hears of everything in the context in which it has subscribed.
 */
final class FollowedRequest implements CoreSubscriber<Connection>, Subscription {

    private static final Object KEY = FollowedRequest.class;
    private static final AttributeKey<Object> FOLLOWED_ABOVE =
            AttributeKey.valueOf(ChannelAttributes.CLIENT_FOLLOWED_ABOVE);

    private final CoreSubscriber<? super Connection> actual;
    private final Context context;
    private final @Nullable Object cause;
    private volatile @Nullable Exchange exchange;
    private volatile Call.@Nullable Denied refused;
    private volatile @Nullable Subscription upstream;

    FollowedRequest(CoreSubscriber<? super Connection> actual) {
        this.actual = actual;
        this.context = actual.currentContext().put(KEY, this);
        this.cause = Hooks.capture();
    }

    static @Nullable FollowedRequest of(ContextView context) {
        return context.getOrDefault(KEY, null) instanceof FollowedRequest request ? request : null;
    }

    /** Puts what caused the request on this thread. */
    Entered enter() {
        return new Entered(cause);
    }

    // ---- what the library does

    /**
     * A connection is about to be asked for.
     *
     * @return the call; a denial; or {@code null} when the request is not followed
     */
    @Nullable
    Call connect(HttpClientConfig config, Object remote) {
        Exchange before = exchange;
        if (before != null && before.isOpen()) {
            before.reconnects();
            return before.call();
        }
        // What was not followed from the beginning is not followed half way either.
        if (before != null && before.call() == null) return null;
        Target.Handler handler = Target.Handler.of(remote);
        if (handler == null) return null;
        Exchange next = new Exchange();
        exchange = next;
        Duration timeout = config.responseTimeout();
        RequestFacts facts = RequestFacts.ahead(
                next,
                handler.method(remote),
                handler.target(remote),
                config.headers(),
                timeout == null ? 0 : timeout.toMillis(),
                handler.hasCallback(remote));
        // The first time this is the thread that subscribes, and what it is in the middle of counts.
        return before == null ? next.begin(facts) : beginInCause(next, facts);
    }

    private @Nullable Call beginInCause(Exchange next, RequestFacts facts) {
        return InContext.get(cause, next, facts, Exchange::begin);
    }

    void connected(Channel channel) {
        channel.attr(FOLLOWED_ABOVE).set(true);
        Exchange current = exchange;
        if (current != null) current.connected(channel);
    }

    /** A request is about to be written; a denial when that must not happen. */
    static Call.@Nullable Denied write(Object operations, @Nullable ByteBuf body) {
        if (!(operations instanceof HttpClientRequest sent)
                || !(operations instanceof HttpOperations<?, ?> http)
                || http.hasSentHeaders()) return null;
        FollowedRequest request = of(http.currentContext());
        if (request == null) return null;
        Call.Denied denied = request.write(sent, body);
        // A connection that is not kept closes without a word about why.
        if (denied != null && !http.isPersistent()) {
            http.channel().pipeline().fireExceptionCaught(Refused.inFuture(denied));
        }
        return denied;
    }

    private Call.@Nullable Denied write(HttpClientRequest sent, @Nullable ByteBuf body) {
        if (refused != null) return refused;
        Exchange current = exchange;
        if (current == null || !current.isOpen()) return null;
        RequestFacts ahead = current.facts();
        if (ahead != null && ahead.bodyLength() < 0 && !current.hasBeenWritten()) {
            Exchange whole = new Exchange();
            RequestFacts facts = ahead.written(whole, sent.method().name(), sent.requestHeaders(), body);
            Channel channel = current.channel();
            if (!current.withdraw()) return refuse(new Call.Denied("deadline", DeadlineTimer.PASSED, true));
            exchange = whole;
            if (channel != null) whole.connected(channel);
            Call begun = beginInCause(whole, facts);
            if (begun instanceof Call.Denied denied) return refuse(denied);
            if (begun == null) return null;
            current = whole;
        }
        Call.Denied denied = current.write(sent.requestHeaders());
        return denied == null ? null : refuse(denied);
    }

    private Call.Denied refuse(Call.Denied denied) {
        refused = denied;
        return denied;
    }

    void answered(HttpResponse response) {
        Exchange current = exchange;
        if (current != null) current.answered(response);
    }

    /** The exchange on this channel is over; returns it if it is the one under way. */
    @Nullable
    Exchange completing(Channel channel) {
        Exchange current = exchange;
        return current != null && current.isOn(channel) ? current : null;
    }

    // ---- what the subscriber hears

    @Override
    public Context currentContext() {
        return context;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        upstream = subscription;
        actual.onSubscribe(this);
    }

    @Override
    public void onNext(Connection connection) {
        InContext.run(cause, actual, connection, CoreSubscriber::onNext);
    }

    @Override
    public void onError(Throwable thrown) {
        Exchange current = exchange;
        Throwable told = thrown;
        if (current != null) {
            if (current.late() && current.isOpen() && !Lateness.is(thrown)) told = Lateness.exception();
            current.failed(told);
        }
        InContext.run(cause, actual, told, CoreSubscriber::onError);
    }

    @Override
    public void onComplete() {
        InContext.run(cause, actual, CoreSubscriber::onComplete);
    }

    @Override
    public void request(long n) {
        Subscription subscription = upstream;
        if (subscription != null) subscription.request(n);
    }

    @Override
    public void cancel() {
        Subscription subscription = upstream;
        if (subscription != null) subscription.cancel();
        Exchange current = exchange;
        if (current != null && current.isOpen()) current.failed(new CancellationException("cancelled"));
    }
}
