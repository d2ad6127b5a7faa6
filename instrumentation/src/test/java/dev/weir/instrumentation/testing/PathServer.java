package dev.weir.instrumentation.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server that answers as the path asks.
 *
 * <p>{@code /status/503}: that status. {@code /echo/x-name}: the value of that request header. {@code /echo-body}: the
 * body. {@code /hang}: nothing. {@code /drip}: a body that never ends. {@code /slow}: after {@link #release}. {@code
 * /redirect/path}: 302 to that path. {@code /loop}: 302 to itself. {@code /break}: half of a body. Everything
 * else: 200 and {@code ok}.
 */
public final class PathServer implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger received = new AtomicInteger();

    private PathServer(HttpServer server) {
        this.server = server;
    }

    /** Listens on a free port of the loopback address. */
    public static PathServer start() throws IOException {
        PathServer started =
                new PathServer(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100));
        started.server.setExecutor(started.threads);
        started.server.createContext("/", started::answer);
        started.server.start();
        return started;
    }

    /** The address of a path, with a query if it has one. */
    public URI uri(String pathAndQuery) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + pathAndQuery);
    }

    /** How many requests arrived. */
    public int received() {
        return received.get();
    }

    /** Lets go of everybody who waits. */
    public void release() {
        release.countDown();
    }

    @Override
    public void close() {
        release();
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        received.incrementAndGet();
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String path = exchange.getRequestURI().getPath();
            exchange.getResponseHeaders().set("weir-attempts", "3/2/3");
            if (path.startsWith("/status/")) {
                exchange.sendResponseHeaders(Integer.parseInt(path.substring("/status/".length())), -1);
            } else if (path.startsWith("/redirect/")) {
                exchange.getResponseHeaders().set("Location", path.substring("/redirect".length()));
                exchange.sendResponseHeaders(302, -1);
            } else if (path.equals("/loop")) {
                exchange.getResponseHeaders().set("Location", "/loop");
                exchange.sendResponseHeaders(302, -1);
            } else if (path.equals("/break")) {
                exchange.sendResponseHeaders(200, 100);
                exchange.getResponseBody().write("half".getBytes(StandardCharsets.UTF_8));
            } else if (path.startsWith("/echo/")) {
                String header = exchange.getRequestHeaders().getFirst(path.substring("/echo/".length()));
                reply(exchange, String.valueOf(header).getBytes(StandardCharsets.UTF_8));
            } else if (path.equals("/echo-body")) {
                reply(exchange, body);
            } else if (path.equals("/drip")) {
                exchange.sendResponseHeaders(200, 0);
                do {
                    exchange.getResponseBody().write('x');
                    exchange.getResponseBody().flush();
                } while (!released(50));
            } else if (path.equals("/hang")) {
                released(20_000);
            } else {
                if (path.equals("/slow")) released(20_000);
                reply(exchange, "ok".getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static void reply(HttpExchange exchange, byte[] body) throws IOException {
        exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    private boolean released(long millis) {
        try {
            return release.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }
}
