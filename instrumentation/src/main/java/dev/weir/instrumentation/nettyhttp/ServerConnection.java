package dev.weir.instrumentation.nettyhttp;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AttributeKey;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The requests of one connection that have not been answered, in their order. Only its event loop comes here. */
@SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for a connection to close.
final class ServerConnection {

    private static final AttributeKey<ServerConnection> KEY = AttributeKey.valueOf("dev.weir.server-connection");

    /** One request. */
    private static final class Served {

        final @Nullable Call call;
        final @Nullable InboundFacts facts;
        final @Nullable Object context;
        final Call.@Nullable Denied denied;
        final boolean head;
        int status;

        Served(@Nullable Call begun, InboundFacts facts, HttpRequest request) {
            this.denied = begun instanceof Call.Denied refusal ? refusal : null;
            this.call = denied == null ? begun : null;
            this.facts = call == null ? null : facts;
            this.context = call == null ? null : Hooks.capture();
            this.head = request.method().equals(HttpMethod.HEAD);
        }
    }

    private final Channel channel;
    private final Deque<Served> unanswered = new ArrayDeque<>();
    private @Nullable Served arriving;
    private @Nullable Object before;
    private boolean entered;
    private boolean refusing;

    private ServerConnection(Channel channel) {
        this.channel = channel;
    }

    static @Nullable ServerConnection existing(Channel channel) {
        return channel.attr(KEY).get();
    }

    static ServerConnection of(Channel channel) {
        ServerConnection known = existing(channel);
        if (known != null) return known;
        ServerConnection made = new ServerConnection(channel);
        channel.attr(KEY).set(made);
        return made;
    }

    // ---- in

    /** A part of a request goes to the application; a denial when it must not. */
    Call.@Nullable Denied reading(ChannelHandlerContext half, HttpObject part) {
        if (part instanceof HttpRequest request) {
            // What one handler did on this thread is no part of what the next request causes.
            before = Hooks.enter(null);
            entered = true;
            InboundFacts facts = new InboundFacts(half.channel(), request);
            Served served = new Served(request.decoderResult().isSuccess() ? Hooks.begin(facts) : null, facts, request);
            arriving = served;
            unanswered.addLast(served);
            return served.denied;
        }
        Served served = arriving;
        if (served == null) return null;
        if (served.denied != null) return served.denied;
        before = Hooks.enter(served.context);
        entered = true;
        return null;
    }

    /** The application's handlers have returned. */
    void read() {
        Served served = arriving;
        if (served != null) Hooks.leave(served.call);
        restore();
    }

    /** The context of the request that is to be answered next; {@code null} for none. */
    @Nullable
    Object next() {
        Served next = unanswered.peekFirst();
        return next == null ? null : next.context;
    }

    private void restore() {
        if (entered) Hooks.exit(before);
        entered = false;
        before = null;
    }

    /** A part of a refused request has come; with its last part the answer goes out. */
    void refused(ChannelHandler codec, HttpObject part) {
        restore();
        if (part instanceof LastHttpContent) {
            arriving = null;
            answerRefused(codec);
        }
        // Whoever reads by hand waits for a request that never comes.
        if (!channel.config().isAutoRead()) channel.read();
    }

    private void answerRefused(ChannelHandler codec) {
        ChannelHandlerContext context = channel.pipeline().context(codec);
        Served next = unanswered.peekFirst();
        if (refusing || context == null || next == null || next.denied == null || next == arriving) return;
        refusing = true;
        try {
            FullHttpResponse response = refusal(next.denied, next.head);
            unanswered.pollFirst();
            ((ChannelOutboundHandler) codec).write(context, response, context.newPromise());
            context.flush();
        } catch (Exception e) {
            context.close();
        } finally {
            refusing = false;
        }
        answerRefused(codec);
    }

    private static FullHttpResponse refusal(Call.Denied denied, boolean head) {
        byte[] message = (denied.message() + "\n").getBytes(StandardCharsets.UTF_8);
        ByteBuf body = head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(message);
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                denied.timeout() ? HttpResponseStatus.GATEWAY_TIMEOUT : HttpResponseStatus.SERVICE_UNAVAILABLE,
                body);
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
        response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, message.length);
        return response;
    }

    // ---- out

    void writing(HttpObject part) {
        Served served = refusing ? null : unanswered.peekFirst();
        if (served == null || !(part instanceof HttpResponse response)) return;
        served.status = response.status().code();
        if (served.call == null || served.facts == null || isInterim(served.status)) return;
        served.facts.answer(response.headers());
        Hooks.replying(served.call);
        served.facts.answered();
    }

    void written(ChannelHandler codec, HttpObject part) {
        Served served = refusing ? null : unanswered.peekFirst();
        if (served == null || !(part instanceof LastHttpContent) || isInterim(served.status)) return;
        unanswered.pollFirst();
        Hooks.end(served.call, served.status, null);
        answerRefused(codec);
    }

    /** {@code 100 Continue} and its like come before the answer; {@code 101} is one. */
    private static boolean isInterim(int status) {
        return status < 200 && status != 101;
    }

    void ended() {
        for (Served served = unanswered.pollFirst(); served != null; served = unanswered.pollFirst()) {
            Hooks.end(served.call, served.status, served.status == 101 ? null : new ClosedChannelException());
        }
    }
}
