package dev.weir.instrumentation.undertow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.instrumentation.testing.HttpServerContract;
import dev.weir.instrumentation.testing.Woven;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class UndertowInstrumentationTest extends HttpServerContract {

    @RegisterExtension
    final Woven woven = new Woven(new UndertowInstrumentation());

    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final CompletableFuture<HttpServerExchange> hanging = new CompletableFuture<>();
    private Undertow server;

    @BeforeEach
    void start() {
        server = Undertow.builder()
                .addHttpListener(0, "127.0.0.1", this::handle)
                .setServerOption(UndertowOptions.ENABLE_HTTP2, true)
                .setIoThreads(2)
                .setWorkerThreads(4)
                .build();
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected int port() {
        return ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
    }

    @Override
    protected String endOfThrowing() {
        return "500 IllegalStateException";
    }

    private void handle(HttpServerExchange exchange) {
        switch (exchange.getRequestPath()) {
            case "/inside" -> exchange.getResponseSender().send(here());
            case "/later" -> exchange.dispatch(exchange.getIoThread(), () -> later(exchange));
            case "/worker" -> exchange.dispatch(this::work);
            case "/pieces" ->
                exchange.getResponseSender()
                        .send(
                                "some ",
                                new Then(() -> exchange.getResponseSender().send(here())));
            case "/throws" -> throw new IllegalStateException("as the test wants it");
            case "/length" ->
                exchange.getRequestReceiver()
                        .receiveFullBytes(
                                (open, body) -> open.getResponseSender().send(body.length + " " + here()));
            case "/twice" ->
                exchange.dispatch(first -> {
                    seen.add(here());
                    first.dispatch(exchange.getIoThread(), this::work);
                });
            case "/hang" -> exchange.dispatch(() -> hanging.complete(exchange));
            case "/work-after-the-reply" -> {
                exchange.getResponseSender().send("done");
                exchange.endExchange();
                seen.add(here());
            }
            default -> {
                exchange.setStatusCode(
                        Integer.parseInt(exchange.getRequestPath().substring("/status/".length())));
                exchange.endExchange();
            }
        }
    }

    private void later(HttpServerExchange exchange) {
        exchange.getResponseSender().send(here());
    }

    private void work(HttpServerExchange exchange) throws IOException {
        String here = here();
        if (!exchange.isInIoThread()) {
            exchange.startBlocking();
            exchange.getOutputStream().write(here.getBytes(StandardCharsets.UTF_8));
        } else {
            exchange.getResponseSender().send(here);
        }
    }

    /** Goes on when something was sent. */
    private record Then(Runnable next) implements IoCallback {

        @Override
        public void onComplete(HttpServerExchange exchange, Sender sender) {
            next.run();
        }

        @Override
        public void onException(HttpServerExchange exchange, Sender sender, IOException exception) {
            exchange.endExchange();
        }
    }

    @Test
    @Tag("traced-async")
    void aRequestThatIsDispatchedTwiceIsOne() throws Exception {
        assertEquals("inside", get("/twice").body());
        assertEquals(List.of("begin served GET /twice", "end served GET /twice 200"), events(1));
        assertEquals(List.of("inside"), seen);
    }

    @Test
    void workAfterTheReplyIsStillInside() throws Exception {
        assertEquals("done", get("/work-after-the-reply").body());
        assertEquals("end served GET /work-after-the-reply 200", events(1).get(1));
        assertEquals(List.of("inside"), seen);
    }

    @Test
    @Tag("traced-async")
    void aConnectionThatIsLostEndsTheRequest() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port())) {
            socket.getOutputStream().write("GET /hang HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            hanging.get(20, TimeUnit.SECONDS);
        }
        // Undertow learns of it when it writes.
        hanging.get().getConnection().close();
        hanging.get().endExchange();
        assertTrue(events(1).get(1).startsWith("end served GET /hang"));
    }
}
