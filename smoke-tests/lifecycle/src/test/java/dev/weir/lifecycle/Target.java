package dev.weir.lifecycle;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** What the programs call: {@code /fail…} is answered by 503, everything else by 200. */
final class Target implements AutoCloseable {

    /** One request as it came. */
    record Hit(String path, Headers headers) {
        @Nullable
        String traceparent() {
            return headers.getFirst("traceparent");
        }
    }

    private final List<Hit> hits = new ArrayList<>();
    private final ExecutorService workers = Executors.newFixedThreadPool(4);
    private final HttpServer server;

    Target() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(workers);
        server.createContext("/", this::answer);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Headers headers = new Headers();
            headers.putAll(exchange.getRequestHeaders());
            synchronized (this) {
                hits.add(new Hit(exchange.getRequestURI().getPath(), headers));
                notifyAll();
            }
            exchange.sendResponseHeaders(exchange.getRequestURI().getPath().startsWith("/fail") ? 503 : 200, -1);
        }
    }

    String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    synchronized List<Hit> hits() {
        return List.copyOf(hits);
    }

    synchronized List<String> traceparents() {
        return hits.stream().map(Hit::traceparent).filter(Objects::nonNull).toList();
    }

    synchronized void awaitHits(int count) throws InterruptedException {
        long until = System.nanoTime() + 60_000_000_000L;
        while (hits.size() < count) {
            long left = (until - System.nanoTime()) / 1_000_000;
            if (left <= 0) throw new AssertionError("only " + hits.size() + " requests came");
            wait(left);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        workers.shutdownNow();
    }
}
