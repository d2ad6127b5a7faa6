package dev.weir.agent.cli.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The receiver: takes spans over HTTP, answers the page and its API, prints finished chains. */
final class TraceServer implements AutoCloseable {
    /** A slow sender occupies a thread until {@code maxReqTime}, so there are more threads than cores need. */
    private static final int THREADS = 200;

    private static final int BACKLOG = 128;

    private final ServeOptions options;
    private final PrintStream err;
    private final InetAddress address;
    private final TraceStore store;
    private final @Nullable DataFolder data;
    private long replayed;
    private final OtlpEndpoint otlp;
    private final ApiEndpoint api;
    private final HttpServer http;
    private final ThreadPoolExecutor threads;
    private final ChainPrinter printer;
    private final Set<String> said = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();

    private TraceServer(ServeOptions options, InetAddress address, PrintStream out, PrintStream err)
            throws IOException {
        this.options = options;
        this.err = err;
        this.address = address;
        store = new TraceStore(options.maxTraces(), options.maxBytes(), System::nanoTime);
        data = options.data() == null
                ? null
                : DataFolder.open(options.data(), options.keepBytes(), options.keepFor(), err);
        if (data != null) {
            replayed = data.replay(store::add);
            // What another run has printed is not printed again.
            store.takeAll();
        }
        otlp = new OtlpEndpoint(store, data, options.maxBody());
        api = new ApiEndpoint(store, kept(), otlp, options.style());
        limitSlowClients();
        http = HttpServer.create(new InetSocketAddress(address, options.port()), BACKLOG);
        AtomicInteger number = new AtomicInteger();
        threads = new ThreadPoolExecutor(THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "weir-serve-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        threads.allowCoreThreadTimeOut(true);
        http.setExecutor(threads);
        http.createContext("/", this::handle);
        Function<Chain.Snapshot, String> shape =
                options.json() ? TraceJson::line : chain -> TreeRenderer.render(chain, options.style());
        printer = new ChainPrinter(store, options.quiet(), shape, out, err);
    }

    static TraceServer start(ServeOptions options, InetAddress address, PrintStream out, PrintStream err)
            throws IOException {
        TraceServer server = new TraceServer(options, address, out, err);
        server.http.start();
        server.printer.start();
        return server;
    }

    /** The JDK's server waits forever for a slow client unless told otherwise, and it can only be told here. */
    private static void limitSlowClients() {
        setIfAbsent("sun.net.httpserver.maxReqTime", "15");
        setIfAbsent("sun.net.httpserver.maxRspTime", "120");
        setIfAbsent("sun.net.httpserver.nodelay", "true");
        setIfAbsent("jdk.httpserver.maxConnections", "1024");
    }

    private @Nullable KeptChains kept() {
        return data == null ? null : new KeptChains(data, options.maxBytes() / 2, System::nanoTime);
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    URI uri() {
        String host = address.getHostAddress();
        String literal = host.indexOf(':') < 0 ? host : "[" + host.replaceAll("%.*", "") + "]";
        return URI.create("http://" + literal + ":" + port());
    }

    int port() {
        return http.getAddress().getPort();
    }

    /** How many spans were there from before. */
    long replayed() {
        return replayed;
    }

    TraceStore.Totals totals() {
        return store.totals();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            http.stop(0);
            threads.shutdownNow();
            printer.close();
            if (data != null) data.close();
        }
    }

    private void handle(HttpExchange exchange) {
        try (exchange) {
            answer(exchange);
        } catch (IOException e) {
            // The client went away; its next attempt brings the spans again.
        } catch (RuntimeException e) {
            sayOnce(e);
            fail(exchange);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        boolean page = PageEndpoint.serves(path);
        if (!page && !path.equals("/healthz") && !isAuthorized(exchange)) {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
            OtlpEndpoint.drain(exchange.getRequestBody(), options.maxBody());
            Reply.error(
                    exchange, 401, "send the header Authorization: Bearer TOKEN, with the token that serve was given");
            return;
        }
        switch (path) {
            case "/v1/traces" -> otlp.handle(exchange, true);
            case "/v1/metrics", "/v1/logs" -> otlp.handle(exchange, false);
            default -> {
                if (!isForThisHost(exchange)) {
                    Reply.error(exchange, 403, "the Host header is not this machine's; use " + uri());
                } else if (page) {
                    PageEndpoint.handle(exchange);
                } else {
                    api.handle(exchange);
                }
            }
        }
    }

    private boolean isAuthorized(HttpExchange exchange) {
        String token = options.token();
        if (token == null) {
            return true;
        }
        String sent = exchange.getRequestHeaders().getFirst("Authorization");
        if (sent == null || !sent.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return false;
        }
        return MessageDigest.isEqual(
                sent.substring(7).strip().getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
    }

    /** Without a token, a page on a name that resolves to 127.0.0.1 could otherwise read chains through a browser. */
    private boolean isForThisHost(HttpExchange exchange) {
        String header = exchange.getRequestHeaders().getFirst("Host");
        if (header == null || options.token() != null) {
            return true;
        }
        String host = header.strip().toLowerCase(Locale.ROOT).replaceAll(":\\d*$", "");
        return host.equals("localhost")
                || host.endsWith(".localhost")
                || host.matches("127(\\.\\d{1,3}){3}")
                || host.equals("[::1]")
                || host.equals(options.host().toLowerCase(Locale.ROOT));
    }

    private void sayOnce(RuntimeException e) {
        StackTraceElement[] trace = e.getStackTrace();
        @Nullable Object where = trace.length == 0 ? null : trace[0];
        if (said.size() < 100 && said.add(e.getClass().getName() + where)) {
            err.println("weir serve: a request failed: " + new TerminalText(true, false).safe(e.toString(), 300)
                    + " at " + where);
        }
    }

    private static void fail(HttpExchange exchange) {
        try {
            if (exchange.getResponseCode() == -1) {
                Reply.error(exchange, 500, "this request failed; serve's stderr says why");
            }
        } catch (IOException | RuntimeException e) {
            // Nobody is left to tell.
        }
    }
}
