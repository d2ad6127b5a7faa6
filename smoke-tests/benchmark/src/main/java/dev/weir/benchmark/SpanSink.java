package dev.weir.benchmark;

import com.google.protobuf.InvalidProtocolBufferException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPInputStream;

/** An OTLP/HTTP receiver that accepts everything and counts spans. */
final class SpanSink implements AutoCloseable {

    private static final String PROTOBUF = "application/x-protobuf";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final AtomicReference<String> complaint = new AtomicReference<>();
    private long received;

    SpanSink() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::receive);
        server.setExecutor(threads);
        server.start();
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    synchronized long received() {
        return received;
    }

    /** What it could not read, if anything: the count is then not to be trusted. */
    Optional<String> complaint() {
        return Optional.ofNullable(complaint.get());
    }

    /** Waits until all but {@code outstanding} of {@code sent} spans are here; false if that does not happen in time. */
    synchronized boolean awaitAllBut(long outstanding, long sent, long timeout, TimeUnit unit)
            throws InterruptedException {
        long deadline = System.nanoTime() + unit.toNanos(timeout);
        while (sent - received > outstanding) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            int status = read(exchange);
            exchange.getResponseHeaders().set("Content-Type", PROTOBUF);
            exchange.sendResponseHeaders(status, -1);
        }
    }

    private int read(HttpExchange exchange) throws IOException {
        byte[] body = body(exchange);
        String type = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
        if (!type.startsWith(PROTOBUF)) {
            complaint.compareAndSet(null, "the sink reads OTLP protobuf, not " + type);
            return 415;
        }
        try {
            if (exchange.getRequestURI().getPath().equals("/v1/traces")) {
                add(count(body));
            }
            return 200;
        } catch (InvalidProtocolBufferException e) {
            complaint.compareAndSet(null, "the sink could not decode an export: " + e.getMessage());
            return 400;
        }
    }

    private synchronized void add(int spans) {
        received += spans;
        notifyAll();
    }

    private static byte[] body(HttpExchange exchange) throws IOException {
        boolean gzip = "gzip".equalsIgnoreCase(exchange.getRequestHeaders().getFirst("Content-Encoding"));
        try (InputStream raw = exchange.getRequestBody();
                InputStream body = gzip ? new GZIPInputStream(raw) : raw) {
            return body.readAllBytes();
        }
    }

    static int count(byte[] body) throws InvalidProtocolBufferException {
        int spans = 0;
        for (ResourceSpans resource : ExportTraceServiceRequest.parseFrom(body).getResourceSpansList()) {
            for (ScopeSpans scope : resource.getScopeSpansList()) {
                spans += scope.getSpansCount();
            }
        }
        return spans;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
