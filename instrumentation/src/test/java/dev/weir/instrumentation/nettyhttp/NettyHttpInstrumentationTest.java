package dev.weir.instrumentation.nettyhttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.testing.HttpClientContract;
import dev.weir.instrumentation.testing.Woven;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A client that an application has made of Netty's codec: one connection for each request, opened before. */
@SuppressWarnings("deprecation") // The event loops that 4.1 has too.
class NettyHttpInstrumentationTest extends HttpClientContract {

    @RegisterExtension
    final Woven woven = new Woven(new NettyHttpInstrumentation());

    private final EventLoopGroup loops = new NioEventLoopGroup(2);

    @AfterEach
    void stop() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @Override
    protected boolean followsRedirects() {
        return false;
    }

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected boolean hasBlockingForm() {
        return false;
    }

    @Override
    protected boolean hasOwnTimeout() {
        return false;
    }

    @Override
    protected boolean hasConnectionsOfItsOwn() {
        return false;
    }

    /** Completes one future after the other with what arrives. */
    private static class Answers extends SimpleChannelInboundHandler<FullHttpResponse> {

        final Queue<CompletableFuture<Answer>> waiting = new ConcurrentLinkedQueue<>();

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
            CompletableFuture<Answer> next = waiting.poll();
            if (next != null) {
                next.complete(
                        new Answer(response.status().code(), response.content().toString(StandardCharsets.UTF_8)));
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            for (CompletableFuture<Answer> each : waiting) each.completeExceptionally(cause);
            context.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            for (CompletableFuture<Answer> each : waiting) each.completeExceptionally(new ClosedChannelException());
        }
    }

    private Channel connect(URI uri, Answers answers) {
        return new Bootstrap()
                .group(loops)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new HttpClientCodec(), new HttpObjectAggregator(1 << 20), answers);
                    }
                })
                .connect(uri.getHost(), uri.getPort())
                .syncUninterruptibly()
                .channel();
    }

    private static CompletableFuture<Answer> send(Channel channel, Answers answers, Object... parts) {
        CompletableFuture<Answer> future = new CompletableFuture<>();
        answers.waiting.add(future);
        for (Object part : parts) {
            channel.writeAndFlush(part).addListener(done -> {
                if (!done.isSuccess()) future.completeExceptionally(done.cause());
            });
        }
        return future;
    }

    private static HttpRequest request(String method, URI uri, Map<String, String> headers, @Nullable String body) {
        DefaultFullHttpRequest request = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                HttpMethod.valueOf(method),
                uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery()),
                body == null ? Unpooled.EMPTY_BUFFER : Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
        request.headers().set(HttpHeaderNames.HOST, uri.getHost() + ":" + uri.getPort());
        request.headers()
                .setInt(HttpHeaderNames.CONTENT_LENGTH, request.content().readableBytes());
        headers.forEach(request.headers()::set);
        return request;
    }

    @Override
    protected CompletableFuture<Answer> sendAsync(
            String method, URI uri, Map<String, String> headers, @Nullable String body) {
        Answers answers = new Answers();
        Channel channel = connect(uri, answers);
        CompletableFuture<Answer> future = send(channel, answers, request(method, uri, headers, body));
        future.whenComplete((answer, thrown) -> channel.close());
        return future;
    }

    @Override
    protected Answer send(String method, URI uri, Map<String, String> headers, @Nullable String body) {
        throw new AssertionError("there is no such form");
    }

    @Override
    protected Answer sendOnce(URI uri, InputStream body) throws Exception {
        Answers answers = new Answers();
        Channel channel = connect(uri, answers);
        HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, uri.getRawPath());
        head.headers().set(HttpHeaderNames.HOST, "127.0.0.1:" + uri.getPort());
        head.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        Answer answer = await(send(
                channel,
                answers,
                head,
                new DefaultHttpContent(Unpooled.wrappedBuffer(body.readAllBytes())),
                LastHttpContent.EMPTY_LAST_CONTENT));
        channel.close();
        return answer;
    }

    @Override
    protected Answer sendWithin(URI uri, long millis) {
        throw new AssertionError("there is no such timeout");
    }

    // ---- what is special

    @Test
    @Tag("traced-async")
    void pipelinedRequestsAreCallsInTheirOrder() throws Exception {
        woven.agent().pull(facts -> assertTrue(facts.setHeader("traceparent", ((HttpFacts) facts).query() + "")));
        Answers answers = new Answers();
        Channel channel = connect(server().uri("/"), answers);
        CompletableFuture<Answer> one =
                send(channel, answers, request("GET", server().uri("/echo/traceparent?n=1"), Map.of(), null));
        CompletableFuture<Answer> two =
                send(channel, answers, request("GET", server().uri("/echo/traceparent?n=2"), Map.of(), null));
        assertEquals("n=1", await(one).body());
        assertEquals("n=2", await(two).body());
        woven.agent().awaitEnds(2);
        assertEquals(
                List.of("end GET /echo/traceparent?n=1 200", "end GET /echo/traceparent?n=2 200"),
                woven.agent().events().stream()
                        .filter(event -> event.startsWith("end"))
                        .toList());
        channel.close().syncUninterruptibly();
    }

    @Test
    @Tag("denial")
    void connectionIsGoodForOthersAfterADenial() throws Exception {
        woven.agent().deny(facts -> ((HttpFacts) facts).path().equals("/denied"));
        URI uri = server().uri("/a");
        CompletableFuture<Answer> refused = new CompletableFuture<>();
        Answers answers = new Answers() {
            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                refused.completeExceptionally(cause);
            }
        };
        Channel channel = connect(uri, answers);
        channel.writeAndFlush(request("GET", server().uri("/denied"), Map.of(), null));
        try {
            await(refused);
        } catch (IOException e) {
            assertEquals("denied by test", e.getMessage());
        }
        assertEquals(new Answer(200, "ok"), await(send(channel, answers, request("GET", uri, Map.of(), null))));
        channel.close().syncUninterruptibly();
        assertEquals(1, server().received());
    }

    @Test
    @Tag("header")
    void requestIsAsItWasWhenItHasBeenWritten() throws Exception {
        woven.agent().pull(facts -> {
            assertTrue(facts.setHeader("traceparent", "from-weir"));
            assertTrue(facts.replaceHeader("X-App", "replaced"));
        });
        Answers answers = new Answers();
        URI uri = server().uri("/echo/x-app");
        Channel channel = connect(uri, answers);
        HttpRequest request = request("GET", uri, Map.of("X-App", "mine"), null);
        assertEquals("replaced", await(send(channel, answers, request)).body());
        assertNull(request.headers().get("traceparent"));
        assertEquals("mine", request.headers().get("X-App"));
        channel.close().syncUninterruptibly();
    }

    @Test
    @Tag("traced-async")
    void connectionThatIsLostEndsItsCalls() throws Exception {
        Answers answers = new Answers();
        URI uri = server().uri("/hang");
        Channel channel = connect(uri, answers);
        send(channel, answers, request("GET", uri, Map.of(), null));
        awaitReceived(1);
        channel.close();
        woven.agent().awaitEnds(1);
        assertEquals(
                List.of("begin GET /hang", "end GET /hang ClosedChannelException"),
                woven.agent().events());
    }
}
