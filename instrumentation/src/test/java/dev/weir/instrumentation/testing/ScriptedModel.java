package dev.weir.instrumentation.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A model behind whatever wire format a test writes down: it says one thing after the other. */
public final class ScriptedModel implements AutoCloseable {

    private record Reply(int status, String type, String body) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<Reply> replies = new ConcurrentLinkedQueue<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    /** Starts it on an ephemeral loopback port. */
    public ScriptedModel() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    /** Where it listens, without a path. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The bodies that it was sent, as they came. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /** Next, it answers with this JSON. */
    public ScriptedModel says(String json) {
        replies.add(new Reply(200, "application/json", json));
        return this;
    }

    /** Next, it answers with these events: a name and JSON for each, one after the other. */
    public ScriptedModel streams(String... namesAndData) {
        StringBuilder events = new StringBuilder();
        for (int i = 0; i < namesAndData.length; i += 2) {
            events.append("event: ").append(namesAndData[i]).append("\ndata: ");
            events.append(namesAndData[i + 1]).append("\n\n");
        }
        replies.add(new Reply(200, "text/event-stream", events.toString()));
        return this;
    }

    /** Next, it answers with an error. */
    public ScriptedModel fails(int status) {
        replies.add(new Reply(status, "application/json", "{\"error\":{\"message\":\"by the test\"}}"));
        return this;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            requests.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            Reply reply = replies.poll();
            if (reply == null) reply = new Reply(400, "application/json", "{}");
            byte[] bytes = reply.body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", reply.type);
            exchange.sendResponseHeaders(reply.status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }
}
