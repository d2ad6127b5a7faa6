package dev.weir.instrumentation.vertx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.instrumentation.testing.HttpServerContract;
import dev.weir.instrumentation.testing.Woven;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class VertxHttpServerInstrumentationTest extends HttpServerContract {

    @RegisterExtension
    final Woven woven = new Woven(new VertxHttpServerInstrumentation(), new VertxInstrumentation());

    @TempDir
    Path folder;

    private final Vertx vertx = Vertx.vertx();
    private final List<String> ended = new CopyOnWriteArrayList<>();
    private final CompletableFuture<String> last = new CompletableFuture<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        server = vertx.createHttpServer()
                .requestHandler(this::handle)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected int port() {
        return server.actualPort();
    }

    /** Vert.x reports the exception, and leaves the client to itself. */
    @Override
    protected String endOfThrowing() {
        return "IllegalStateException";
    }

    private void handle(HttpServerRequest request) {
        HttpServerResponse response = request.response();
        switch (request.path()) {
            case "/inside" -> response.end(here());
            case "/later" -> vertx.setTimer(1, id -> response.end(here()));
            case "/worker" -> vertx.executeBlocking(() -> here()).onSuccess(response::end);
            case "/pieces" -> {
                response.setChunked(true);
                response.write("some ");
                vertx.runOnContext(nothing -> response.end(here()));
            }
            case "/throws" -> throw new IllegalStateException("as the test wants it");
            case "/length" -> request.body().onSuccess(body -> response.end(body.length() + " " + here()));
            case "/file" -> response.sendFile(folder.resolve("file").toString());
            case "/handlers" -> {
                response.endHandler(nothing -> {
                    ended.add("end");
                    last.complete("end");
                });
                response.headersEndHandler(nothing -> ended.add("head"));
                response.bodyEndHandler(nothing -> ended.add("body"));
                response.end(here());
            }
            case "/chunks" -> {
                CompletableFuture<String> seen = new CompletableFuture<>();
                request.handler(chunk -> seen.complete(here()));
                request.endHandler(nothing -> response.end(seen.join() + " " + here()));
            }
            case "/hang" -> response.closeHandler(nothing -> closed.complete(null));
            case "/work-after-the-reply" -> {
                response.end("done");
                ended.add(here());
            }
            default ->
                response.setStatusCode(Integer.parseInt(request.path().substring("/status/".length())))
                        .end();
        }
    }

    @Test
    void aFileEndsTheRequest() throws Exception {
        Files.writeString(folder.resolve("file"), "content");
        woven.agent().whenReplying(facts -> assertTrue(facts.setResponseHeader("weir-attempts", "3")));
        HttpResponse<String> response = get("/file");
        assertEquals("content", response.body());
        assertEquals(List.of("3"), response.headers().allValues("weir-attempts"));
        assertEquals("end served GET /file 200", events(1).get(1));
    }

    @Test
    void handlersOfTheApplicationAreKept() throws Exception {
        assertEquals("inside", get("/handlers").body());
        assertEquals("end served GET /handlers 200", events(1).get(1));
        assertEquals("end", last.get(20, TimeUnit.SECONDS));
        assertEquals(List.of("head", "body", "end"), ended);
    }

    @Test
    void handlersOfTheBodyAreInside() throws Exception {
        HttpResponse<String> response = send(request("/chunks")
                .POST(HttpRequest.BodyPublishers.ofString("x".repeat(200_000)))
                .build());
        assertEquals("inside inside", response.body());
        events(1);
    }

    @Test
    void workAfterTheReplyIsStillInside() throws Exception {
        assertEquals("done", get("/work-after-the-reply").body());
        assertEquals("end served GET /work-after-the-reply 200", events(1).get(1));
        assertEquals(List.of("inside"), ended);
    }

    @Test
    @Tag("traced-async")
    void aConnectionThatIsLostEndsTheRequest() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port())) {
            socket.getOutputStream().write("GET /hang HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            while (woven.agent().events().isEmpty()) Thread.onSpinWait();
        }
        assertEquals("end served GET /hang", events(1).get(1));
        closed.get(20, TimeUnit.SECONDS);
    }
}
