package dev.weir.incidents.service;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** An HTTP service on an ephemeral loopback port that runs until its standard input ends. */
public final class Service {

    /** Answers one request. */
    public interface Handler {
        /** The reply to {@code request}; what it throws becomes a 502. */
        Reply handle(Request request) throws Exception;
    }

    /** What came in. */
    public record Request(String query, String body) {}

    /** What goes out. */
    public record Reply(int status, String body) {
        /** A 200. */
        public static Reply ok(String body) {
            return new Reply(200, body);
        }
    }

    private final HttpServer server;
    private final ExecutorService workers = Executors.newFixedThreadPool(8);

    private Service(HttpServer server) {
        this.server = server;
    }

    /** A service that does not yet accept requests. */
    public static Service create() throws IOException {
        Service service = new Service(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
        service.server.setExecutor(service.workers);
        return service;
    }

    /** Answers requests to {@code path} by {@code handler}. */
    public Service on(String path, Handler handler) {
        server.createContext(path, exchange -> answer(exchange, handler));
        return this;
    }

    /** Accepts requests until standard input ends. */
    public void run() throws IOException, InterruptedException {
        server.start();
        System.out.println("listening " + server.getAddress().getPort());
        while (System.in.read() >= 0) {}
        server.stop(0);
        workers.shutdown();
        if (!workers.awaitTermination(10, TimeUnit.SECONDS)) System.out.println("a request is still running");
        System.out.println("stopped");
    }

    private static void answer(HttpExchange exchange, Handler handler) throws IOException {
        String trace = exchange.getRequestHeaders().getFirst("traceparent");
        String target = exchange.getRequestURI().toString();
        log("access", target, trace == null ? "none" : trace);
        Reply reply;
        try (InputStream in = exchange.getRequestBody()) {
            String body = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            String query = exchange.getRequestURI().getQuery();
            reply = handler.handle(new Request(query == null ? "" : query, body));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            reply = new Reply(500, "interrupted");
        } catch (Exception e) {
            reply = new Reply(502, rootMessage(e));
        }
        log("served", target, String.valueOf(reply.status()));
        byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        } catch (IOException e) {
            log("abandoned", target, "the caller has left");
        }
    }

    /** The access log: what happened, when, to which request. It goes to stderr, as access logs do. */
    private static void log(String event, String target, String detail) {
        System.err.println(event + " " + System.currentTimeMillis() + " " + target + " " + detail);
    }

    private static String rootMessage(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) root = root.getCause();
        return root.getClass().getSimpleName() + ": " + root.getMessage();
    }
}
