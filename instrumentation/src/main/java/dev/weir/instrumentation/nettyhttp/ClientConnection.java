package dev.weir.instrumentation.nettyhttp;

import dev.weir.bootstrap.Attachments;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.CallLimit;
import dev.weir.instrumentation.shared.ChannelAttributes;
import dev.weir.instrumentation.shared.Refused;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AttributeKey;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** The requests of one connection that are not answered yet, in their order. Only its event loop comes here. */
@SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for a connection to close.
final class ClientConnection {

    private static final AttributeKey<ClientConnection> KEY = AttributeKey.valueOf("dev.weir.client-connection");
    private static final AttributeKey<Object> FOLLOWED_ABOVE =
            AttributeKey.valueOf(ChannelAttributes.CLIENT_FOLLOWED_ABOVE);

    /** One request. */
    private record Sent(@Nullable Call call, @Nullable Object cause) {}

    private final ChannelHandlerContext codec;
    private final Deque<Sent> unanswered = new ArrayDeque<>();
    private @Nullable Sent arriving;
    private Call.@Nullable Denied denied;
    private @Nullable Object before;
    private boolean entered;

    private ClientConnection(ChannelHandlerContext codec) {
        this.codec = codec;
    }

    static @Nullable ClientConnection existing(Channel channel) {
        return channel.attr(KEY).get();
    }

    /** {@code null} when the requests of this channel are somebody else's. */
    static @Nullable ClientConnection of(ChannelHandlerContext codec) {
        Channel channel = codec.channel();
        if (isFollowedAbove(channel)) return null;
        ClientConnection known = existing(channel);
        if (known != null) return known;
        ClientConnection made = new ClientConnection(codec);
        channel.attr(KEY).set(made);
        return made;
    }

    private static boolean isFollowedAbove(Channel channel) {
        if (channel.attr(FOLLOWED_ABOVE).get() != null) return true;
        Call above = Attachments.of(channel);
        CallFacts facts = above == null ? null : above.facts();
        return facts != null && facts.kind() == CallFacts.Kind.HTTP_CLIENT;
    }

    // ---- out

    /** A part of a request is about to be encoded; a denial when it must not be. */
    Call.@Nullable Denied writing(ChannelHandlerContext context, HttpObject part) {
        if (part instanceof HttpRequest request) {
            denied = null;
            Object cause = NettyHttpInstrumentation.HandOn.CAUSES.remove(request);
            Call begun = request.method().equals(HttpMethod.CONNECT) ? null : begin(request, cause);
            if (begun instanceof Call.Denied refusal) {
                denied = refusal;
                // Who does not look at the promise waits for an answer.
                context.fireExceptionCaught(Refused.onSocket(refusal));
            } else {
                unanswered.addLast(new Sent(begun, cause == null ? Hooks.capture() : cause));
            }
        }
        Call.Denied refusal = denied;
        if (part instanceof LastHttpContent) denied = null;
        return refusal;
    }

    /** It is encoded, and again as the application made it. */
    void written(HttpObject part) {
        Sent last = part instanceof HttpRequest ? unanswered.peekLast() : null;
        OutboundFacts facts = last == null ? null : OutboundFacts.of(last.call);
        if (facts != null) facts.written();
    }

    private @Nullable Call begin(HttpRequest request, @Nullable Object cause) {
        Object outer = cause == null ? null : Hooks.enter(cause);
        try {
            OutboundFacts facts = new OutboundFacts(codec.channel(), request);
            Call begun = Hooks.begin(facts);
            facts.begun(begun instanceof Call.Denied);
            if (begun != null && !(begun instanceof Call.Denied)) {
                Hooks.leave(begun);
                if (facts.limit().isSet()) facts.limit().start(this::expire);
            }
            return begun;
        } finally {
            if (cause != null) Hooks.exit(outer);
        }
    }

    /** There is no way to end one exchange of HTTP/1.1 but to close its connection. */
    private void expire() {
        try {
            codec.channel().eventLoop().execute(() -> {
                codec.fireExceptionCaught(CallLimit.timeout(null));
                codec.close();
            });
        } catch (RejectedExecutionException e) {
            codec.close();
        }
    }

    // ---- in

    void reading(HttpObject part) {
        if (part instanceof HttpResponse response) {
            int status = response.status().code();
            // 100 and its like come before the answer; 101 is one.
            boolean interim = status < 200 && status != 101;
            arriving = interim ? unanswered.peekFirst() : unanswered.pollFirst();
            Sent sent = arriving;
            if (sent != null && !interim) {
                OutboundFacts facts = OutboundFacts.of(sent.call);
                if (facts != null) facts.answered(response.headers());
                Hooks.end(sent.call, status, null);
            }
        }
        Sent sent = arriving;
        if (sent == null) return;
        before = Hooks.enter(sent.cause);
        entered = true;
    }

    @SuppressWarnings("ReferenceEquality") // Which request it is, whatever it equals.
    void read(HttpObject part) {
        if (entered) Hooks.exit(before);
        entered = false;
        before = null;
        if (!(part instanceof LastHttpContent)) return;
        Sent sent = arriving;
        arriving = null;
        if (sent == null || unanswered.peekFirst() == sent) return;
        OutboundFacts facts = OutboundFacts.of(sent.call);
        if (facts != null) facts.limit().cancel();
    }

    void ended() {
        Sent cut = arriving;
        if (cut != null) unanswered.addFirst(cut);
        arriving = null;
        for (Sent sent = unanswered.pollFirst(); sent != null; sent = unanswered.pollFirst()) {
            OutboundFacts facts = OutboundFacts.of(sent.call);
            if (facts == null) continue;
            boolean late = facts.limit().isOver();
            facts.limit().cancel();
            Hooks.end(sent.call, 0, late ? CallLimit.timeout(null) : new ClosedChannelException());
        }
    }
}
