package dev.weir.instrumentation.reactornetty;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.Entered;
import dev.weir.instrumentation.shared.Refused;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.HttpOperations;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.transport.TransportConfig;

/**
 * The HTTP client of Reactor Netty, and so {@code WebClient} and {@code RestClient} over it.
 *
 * <p>Each subscription is followed: {@link FollowedRequest}, which travels in the subscriber's {@code Context}. A call
 * begins before there is a connection, and once more where only the application's callback says what is sent: then what
 * began first is withdrawn. All of this may run on an event loop, and never waits.
 */
public final class ReactorNettyInstrumentation implements Instrumentation {

    private static final String CLIENT = "reactor.netty.http.client.";

    @Override
    public String name() {
        return "reactor-netty";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type(CLIENT + "HttpClientConnect$MonoHttpConnect")
                .exactly("subscribe", "Subscribe", "reactor.core.CoreSubscriber");
        weaving.type(CLIENT + "HttpConnectionProvider")
                .method(
                        "acquire",
                        "Acquire",
                        "reactor.netty.transport.TransportConfig",
                        "reactor.netty.ConnectionObserver",
                        "java.util.function.Supplier");
        weaving.type(CLIENT + "HttpClientConnect$HttpIOHandlerObserver")
                .exactly(
                        "onStateChange",
                        "StateChange",
                        "reactor.netty.Connection",
                        "reactor.netty.ConnectionObserver$State");
        weaving.type(CLIENT + "HttpClientConnect$HttpClientHandler").method("requestWithBody", "Connected");
        weaving.type("reactor.netty.http.HttpOperations")
                .exactly("markSentHeaders", "Write", "java.lang.Object[]")
                .exactly("markSentHeaderAndBody", "Write", "java.lang.Object[]");
        weaving.type(CLIENT + "HttpClientOperations")
                .exactly("onOutboundComplete", "WriteWithoutBody")
                .exactly("setNettyResponse", "Answer", "io.netty.handler.codec.http.HttpResponse")
                .exactly("afterInboundComplete", "Complete");
        weaving.type("reactor.netty.channel.FluxReceive")
                .exactly("subscribe", "Receive", "reactor.core.CoreSubscriber");
    }

    static final class Subscribe {

        static CoreSubscriber<? super Connection> argument0(Object mono, CoreSubscriber<? super Connection> actual) {
            return Hooks.armed() ? new FollowedRequest(actual) : actual;
        }
    }

    /** Comes once more for each hop of a redirect, each answer to a challenge, and each repetition. */
    static final class Acquire {

        static @Nullable Call enter(
                Object provider, TransportConfig config, ConnectionObserver observer, Supplier<?> remote) {
            FollowedRequest request = FollowedRequest.of(observer.currentContext());
            return request != null && config instanceof HttpClientConfig client
                    ? request.connect(client, remote)
                    : null;
        }

        static @Nullable Mono<?> exit(@Nullable Call call, @Nullable Mono<?> connection) {
            if (call instanceof Call.Denied denied) return Mono.error(Refused.inFuture(denied));
            RequestFacts facts = RequestFacts.of(call);
            return facts == null || connection == null
                    ? connection
                    : facts.exchange().limiting(connection);
        }
    }

    /** The application's callback and its body are asked here for what they send. */
    static final class StateChange {

        static @Nullable Entered enter(ConnectionObserver observer) {
            FollowedRequest request = FollowedRequest.of(observer.currentContext());
            return request == null ? null : request.enter();
        }

        static void exit(@Nullable Entered entered) {
            if (entered != null) entered.exit();
        }
    }

    static final class Connected {

        static void enter(Object handler, Object operations) {
            if (!(operations instanceof ChannelOperations<?, ?> connected)) return;
            FollowedRequest request = FollowedRequest.of(connected.currentContext());
            if (request != null) request.connected(connected.channel());
        }
    }

    static final class Write {

        static @Nullable Call enter(Object operations, Object[] contents) {
            return FollowedRequest.write(
                    operations, contents.length == 1 && contents[0] instanceof ByteBuf body ? body : null);
        }

        static @Nullable Throwable exit(
                @Nullable Call call,
                boolean marked,
                @Nullable Throwable thrown,
                HttpOperations<?, ?> operations,
                Object[] contents) {
            if (!(call instanceof Call.Denied denied)) return null;
            for (Object each : contents) ReferenceCountUtil.safeRelease(each);
            return Refused.inFuture(denied);
        }
    }

    /** Nobody is told of an exception here. */
    static final class WriteWithoutBody {

        static @Nullable Call enter(Object operations) {
            return FollowedRequest.write(operations, null);
        }

        static void exit(@Nullable Call call, @Nullable Throwable thrown, ChannelOperations<?, ?> operations) {
            if (!(call instanceof Call.Denied denied)) return;
            operations.channel().pipeline().fireExceptionCaught(Refused.inFuture(denied));
            operations.channel().close();
        }
    }

    static final class Answer {

        static void exit(@Nullable Throwable thrown, Object operations, HttpResponse response) {
            FollowedRequest request = FollowedRequest.of(((ChannelOperations<?, ?>) operations).currentContext());
            if (request != null) request.answered(response);
        }
    }

    /** The exchange is over, however it went. */
    static final class Complete {

        static @Nullable Object enter(ChannelOperations<?, ?> operations) {
            FollowedRequest request = FollowedRequest.of(operations.currentContext());
            return request == null ? null : request.completing(operations.channel());
        }

        static void exit(@Nullable Object exchange) {
            if (exchange instanceof Exchange completed) completed.complete();
        }
    }

    /** Bodies arrive on an event loop. */
    static final class Receive {

        static CoreSubscriber<Object> argument0(Object receive, CoreSubscriber<Object> subscriber) {
            Object context = Hooks.capture();
            return context == null ? subscriber : new BodySubscriber(subscriber, context);
        }
    }
}
