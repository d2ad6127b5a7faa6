package dev.weir.instrumentation.nettyhttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.testing.RecordingAgent;
import dev.weir.instrumentation.testing.Woven;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.flow.FlowControlHandler;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that an application has made of Netty's codec. */
@Timeout(60)
@SuppressWarnings("deprecation") // The event loops that 4.1 has too.
@Tag("other")
class NettyHttpServerTest {

    @RegisterExtension
    final Woven woven = new Woven(new NettyHttpInstrumentation());

    private final EventLoopGroup loops = new NioEventLoopGroup(2);
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private volatile BiConsumer<ChannelHandlerContext, FullHttpRequest> handler =
            (context, request) -> reply(context, 200, "ok");
    private final List<Object> contexts = new CopyOnWriteArrayList<>();
    private volatile boolean readsByHand;
    private Channel server;

    @BeforeEach
    void start() {
        server = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new HttpServerCodec(), new HttpObjectAggregator(1 << 20));
                        if (readsByHand) {
                            channel.config().setAutoRead(false);
                            channel.pipeline().addLast(new FlowControlHandler());
                            channel.eventLoop().execute(channel::read);
                        }
                        channel.pipeline()
                                .addLast(new WebSocketServerProtocolHandler("/ws"))
                                .addLast(new SimpleChannelInboundHandler<WebSocketFrame>() {
                                    @Override
                                    protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
                                        context.writeAndFlush(
                                                new TextWebSocketFrame(((TextWebSocketFrame) frame).text()));
                                    }
                                })
                                .addLast(new SimpleChannelInboundHandler<FullHttpRequest>() {
                                    @Override
                                    protected void channelRead0(
                                            ChannelHandlerContext context, FullHttpRequest request) {
                                        Object inside = Hooks.capture();
                                        contexts.add(inside == null ? "nothing" : inside);
                                        handler.accept(context, request);
                                    }
                                });
                    }
                })
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
    }

    @AfterEach
    void stop() {
        server.close().syncUninterruptibly();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private static void reply(ChannelHandlerContext context, int status, String body) {
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(status),
                Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
        response.headers()
                .setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
        context.writeAndFlush(response);
    }

    private int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private List<String> events(int ends) throws InterruptedException {
        woven.agent().awaitEnds(ends);
        return woven.agent().events();
    }

    @Test
    @Tag("served")
    void requestIsAScope() throws Exception {
        assertEquals(200, get("/a?b=c").statusCode());
        assertEquals(
                List.of("begin served GET /a?b=c", "replying served GET /a?b=c", "end served GET /a?b=c 200"),
                events(1));
        HttpFacts facts = (HttpFacts) woven.agent().begun().get(0);
        assertEquals("http", facts.scheme());
        assertEquals("127.0.0.1", facts.host());
        assertEquals(port(), facts.port());
        assertEquals("127.0.0.1", facts.peerAddress());
        assertNotEquals("nothing", contexts.get(0));
    }

    @Test
    @Tag("served")
    void requestHeadersAreFacts() throws Exception {
        woven.agent().pull(facts -> {
            assertEquals("one,two", facts.header("X-Twice"));
            assertTrue(((HttpFacts) facts).repeatsHeader("X-Twice"));
            assertNull(facts.header("X-Nobody-Sent-This"));
            assertFalse(facts.setResponseHeader("X-Weir", "too early"));
        });
        HttpRequest request =
                request("/a").header("X-Twice", "one").header("X-Twice", "two").build();
        assertEquals(
                200, client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode());
        events(1);
    }

    @Test
    @Tag("served")
    void replyGetsHeaders() throws Exception {
        woven.agent().whenReplying(facts -> assertTrue(facts.setResponseHeader("weir-attempts", "1/1/1")));
        assertEquals("1/1/1", get("/a").headers().firstValue("weir-attempts").orElse(null));
        events(1);
    }

    @Test
    @Tag("served")
    void requestsOfOneConnectionHaveContextsOfTheirOwn() throws Exception {
        get("/1");
        get("/2");
        events(2);
        assertEquals(2, contexts.stream().distinct().count());
        assertFalse(contexts.contains("nothing"));
    }

    @Test
    @Tag("served")
    void laterReplyFromAnotherThreadEndsTheRequest() throws Exception {
        CompletableFuture<ChannelHandlerContext> waiting = new CompletableFuture<>();
        handler = (context, request) -> waiting.complete(context);
        CompletableFuture<HttpResponse<String>> answer =
                client.sendAsync(request("/later").build(), HttpResponse.BodyHandlers.ofString());
        ChannelHandlerContext context = waiting.get(20, TimeUnit.SECONDS);
        assertEquals(List.of("begin served GET /later"), woven.agent().events());
        reply(context, 201, "later");
        assertEquals(201, answer.get(20, TimeUnit.SECONDS).statusCode());
        assertTrue(events(1).contains("end served GET /later 201"));
    }

    @Test
    @Tag("served")
    void pipelinedRequestsAreAnsweredInTheirOrder() throws Exception {
        woven.agent().deny(facts -> ((HttpFacts) facts).path().equals("/denied"));
        CompletableFuture<ChannelHandlerContext> waiting = new CompletableFuture<>();
        handler = (context, request) -> {
            if (request.uri().equals("/1")) waiting.complete(context);
            else reply(context, 200, request.uri());
        };
        try (Socket socket = new Socket("127.0.0.1", port())) {
            StringBuilder text = new StringBuilder();
            for (String path : List.of("/1", "/denied")) {
                text.append("GET ").append(path).append(" HTTP/1.1\r\nHost: weir\r\n\r\n");
            }
            socket.getOutputStream().write(text.toString().getBytes(StandardCharsets.US_ASCII));
            ChannelHandlerContext context = waiting.get(20, TimeUnit.SECONDS);
            reply(context, 200, "first");
            String received = readUntil(socket.getInputStream(), "denied by test\n");
            assertTrue(received.indexOf("first") > 0, received);
            assertTrue(received.indexOf(" 503 ") > received.indexOf("first"), received);
            socket.getOutputStream().write("GET /3 HTTP/1.1\r\nHost: weir\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            readUntil(socket.getInputStream(), "\r\n\r\n/3");
        }
        events(2);
    }

    /** Whoever reads by hand gets one message at a time, and what came too early after a while. */
    @ParameterizedTest
    @ValueSource(strings = {"at once", "later", "all", "removed"})
    @Tag("served")
    void requestsThatAreKeptBackAreInsideThemselves(String next) throws Exception {
        readsByHand = true;
        List<String> served = new CopyOnWriteArrayList<>();
        handler = (context, request) -> {
            String inside =
                    Hooks.capture() instanceof RecordingAgent.Open call ? ((HttpFacts) call.facts()).path() : "no";
            served.add(request.uri() + " in " + inside);
            reply(context, 200, request.uri());
            // All three have come by then, and wait.
            if (request.uri().equals("/1")) {
                context.executor().schedule(() -> goOn(next, context), 50, TimeUnit.MILLISECONDS);
            } else if (next.equals("later")) {
                context.executor().execute(context::read);
            } else if (next.equals("at once")) {
                context.read();
            }
        };
        try (Socket socket = new Socket("127.0.0.1", port())) {
            socket.setSoTimeout(20_000);
            StringBuilder text = new StringBuilder();
            for (int i = 1; i <= 3; i++) {
                text.append("POST /").append(i).append(" HTTP/1.1\r\nHost: weir\r\nContent-Length: 1\r\n\r\nx");
            }
            socket.getOutputStream().write(text.toString().getBytes(StandardCharsets.US_ASCII));
            readUntil(socket.getInputStream(), "\r\n\r\n/3");
        }
        assertEquals(List.of("/1 in /1", "/2 in /2", "/3 in /3"), served);
        events(3);
    }

    private static void goOn(String next, ChannelHandlerContext context) {
        if (next.equals("all")) context.channel().config().setAutoRead(true);
        else if (next.equals("removed")) context.pipeline().remove(FlowControlHandler.class);
        else context.read();
    }

    private static String readUntil(InputStream in, String end) throws Exception {
        StringBuilder text = new StringBuilder();
        while (text.indexOf(end) < 0) {
            int next = in.read();
            if (next < 0) throw new AssertionError("only: " + text);
            text.append((char) next);
        }
        return text.toString();
    }

    @Test
    @Tag("served")
    void deniedRequestNeverReachesTheApplication() throws Exception {
        woven.agent().deny(facts -> true);
        HttpRequest post = request("/a")
                .POST(HttpRequest.BodyPublishers.ofString("pay 10"))
                .build();
        HttpResponse<String> answer = client.send(post, HttpResponse.BodyHandlers.ofString());
        assertEquals(503, answer.statusCode());
        assertEquals("denied by test\n", answer.body());
        woven.agent().denyForTime();
        assertEquals(
                504, client.send(post, HttpResponse.BodyHandlers.ofString()).statusCode());
        assertEquals(List.of(), contexts);
        woven.agent().deny(facts -> false);
        assertEquals(
                200, client.send(post, HttpResponse.BodyHandlers.ofString()).statusCode());
        events(1);
    }

    @Test
    @Tag("served")
    void connectionThatIsLostEndsItsRequest() throws Exception {
        CompletableFuture<Object> arrived = new CompletableFuture<>();
        handler = (context, request) -> arrived.complete(this);
        try (Socket socket = new Socket("127.0.0.1", port())) {
            socket.getOutputStream().write("GET /a HTTP/1.1\r\nHost: weir\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertNotNull(arrived.get(20, TimeUnit.SECONDS));
        }
        assertEquals(List.of("begin served GET /a", "end served GET /a ClosedChannelException"), events(1));
    }

    @Test
    @Tag("served")
    void expectationIsNotTheAnswer() throws Exception {
        HttpRequest post = request("/a")
                .expectContinue(true)
                .POST(HttpRequest.BodyPublishers.ofString("pay 10"))
                .build();
        assertEquals(
                200, client.send(post, HttpResponse.BodyHandlers.ofString()).statusCode());
        assertEquals(List.of("begin served POST /a", "replying served POST /a", "end served POST /a 200"), events(1));
    }

    @Test
    @Tag("served")
    void webSocketsWorkAsEver() throws Exception {
        CompletableFuture<String> echoed = new CompletableFuture<>();
        WebSocket socket = client.newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + port() + "/ws"), new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
                        echoed.complete(data.toString());
                        return CompletableFuture.completedFuture(null);
                    }
                })
                .get(20, TimeUnit.SECONDS);
        socket.sendText("hello", true);
        assertEquals("hello", echoed.get(20, TimeUnit.SECONDS));
        socket.abort();
        assertTrue(events(1).contains("end served GET /ws 101"), woven.agent().events()::toString);
    }

    @Test
    @Tag("unfollowed")
    void whatIsNotFollowedRunsAsEver() throws Exception {
        woven.agent().ignore(facts -> true);
        assertEquals("ok", get("/a").body());
        assertEquals(Collections.singletonList("nothing"), contexts);
        assertEquals(List.of(), woven.agent().events());
    }
}
