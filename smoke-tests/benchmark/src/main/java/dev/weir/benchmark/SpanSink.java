package dev.weir.benchmark;

import com.google.protobuf.InvalidProtocolBufferException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.BufferUnderflowException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** Receives what each agent sends in a protocol of its own, accepts everything and counts spans. */
final class SpanSink implements AutoCloseable {

    private static final String PROTOBUF = "application/x-protobuf";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicReference<String> complaint = new AtomicReference<>();
    private @Nullable GlowrootCentral glowroot;
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

    /** Started only for the agent that speaks to it. */
    synchronized GlowrootCentral glowroot() throws IOException {
        if (glowroot == null) {
            glowroot = new GlowrootCentral(this::add);
        }
        return glowroot;
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
            String path = exchange.getRequestURI().getPath();
            if (path.startsWith("/v1/")) {
                exchange.getResponseHeaders().set("Content-Type", PROTOBUF);
                exchange.sendResponseHeaders(readOpenTelemetry(exchange, path), -1);
            } else if (path.equals("/v0.4/traces")) {
                answer(exchange, readDatadog(exchange), "{\"rate_by_service\":{}}");
            } else if (path.equals("/intake/v2/events")) {
                answer(exchange, readElastic(exchange), "");
            } else {
                exchange.getRequestBody().readAllBytes();
                // Elastic's agent asks a server for its version before it sends anything; Datadog's asks for what there
                // is.
                answer(exchange, path.equals("/") ? 200 : 404, path.equals("/") ? "{\"version\":\"8.19.0\"}" : "");
            }
        }
    }

    private static void answer(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    private int readOpenTelemetry(HttpExchange exchange, String path) throws IOException {
        byte[] body;
        try (InputStream in = body(exchange)) {
            body = in.readAllBytes();
        }
        String type = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
        if (!type.startsWith(PROTOBUF)) {
            complaint.compareAndSet(null, "the sink reads OTLP protobuf, not " + type);
            return 415;
        }
        try {
            if (path.equals("/v1/traces")) {
                add(count(body));
            }
            return 200;
        } catch (InvalidProtocolBufferException e) {
            return refuse(e);
        }
    }

    private int readDatadog(HttpExchange exchange) throws IOException {
        try (InputStream body = body(exchange)) {
            add(DatadogTraces.countSpans(body.readAllBytes()));
            return 200;
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            return refuse(e);
        }
    }

    /** Counts while it reads: a request stays open for seconds, and is full of spans by then. */
    private int readElastic(HttpExchange exchange) throws IOException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(body(exchange), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                add(ElasticEvents.countSpans(line));
            }
            return 202;
        } catch (ZipException e) {
            return refuse(e);
        }
    }

    private int refuse(Exception problem) {
        complaint.compareAndSet(null, "the sink could not decode an export: " + problem.getMessage());
        return 400;
    }

    private synchronized void add(int spans) {
        received += spans;
        notifyAll();
    }

    private static InputStream body(HttpExchange exchange) throws IOException {
        String encoding = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Encoding"));
        InputStream raw = exchange.getRequestBody();
        return switch (encoding.toLowerCase(Locale.ROOT)) {
            case "gzip" -> new GZIPInputStream(raw);
            case "deflate" -> new InflaterInputStream(raw);
            default -> raw;
        };
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
    public void close() throws IOException {
        server.stop(0);
        threads.shutdownNow();
        synchronized (this) {
            if (glowroot != null) {
                glowroot.close();
            }
        }
    }
}
