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
import org.jspecify.annotations.Nullable;

/**
 * A server that answers as the path asks.
 *
 * <p>{@code /status/503}: that status. {@code /echo/x-name}: the value of that request header. {@code /echo-body}: the
 * body. {@code /hang}: nothing. {@code /drip}: a body that never ends. {@code /slow}: after {@link #release}. {@code
 * /redirect/path}: 302 to that path. {@code /loop}: 302 to itself. {@code /break}: half of a body. Everything
 * else: 200 and {@code ok}.
 */
public abstract class PathServer implements AutoCloseable {

    /** One request and its answer. */
    interface Exchange extends AutoCloseable {

        String path();

        @Nullable
        String header(String name);

        byte[] body() throws IOException;

        void answerHeader(String name, String value);

        /** @param length of the body; -1 when there is none, 0 when it is not known */
        void begin(int status, long length) throws IOException;

        void write(byte[] part) throws IOException;

        /** Ends the answer; breaks off what is not whole. */
        @Override
        void close();
    }

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger received = new AtomicInteger();

    PathServer() {}

    /** Listens on a free port of the loopback address. */
    public static PathServer start() throws IOException {
        return new OverHttp1();
    }

    /** Listens on a free port of the loopback address for HTTP/2 in clear, from the first byte on. */
    public static PathServer startHttp2() throws IOException {
        return new PathServerOverHttp2();
    }

    abstract int port();

    abstract void stop();

    final ExecutorService threads() {
        return threads;
    }

    /** The address of a path, with a query if it has one. */
    public final URI uri(String pathAndQuery) {
        return URI.create("http://127.0.0.1:" + port() + pathAndQuery);
    }

    /** How many requests arrived. */
    public final int received() {
        return received.get();
    }

    /** Lets go of everybody who waits. */
    public final void release() {
        release.countDown();
    }

    @Override
    public final void close() {
        release();
        stop();
        threads.shutdownNow();
    }

    final void answer(Exchange exchange) throws IOException {
        received.incrementAndGet();
        try (exchange) {
            byte[] body = exchange.body();
            String path = exchange.path();
            exchange.answerHeader("weir-attempts", "3/2/3");
            if (path.startsWith("/status/")) {
                exchange.begin(Integer.parseInt(path.substring("/status/".length())), -1);
            } else if (path.startsWith("/redirect/")) {
                exchange.answerHeader("Location", path.substring("/redirect".length()));
                exchange.begin(302, -1);
            } else if (path.equals("/loop")) {
                exchange.answerHeader("Location", "/loop");
                exchange.begin(302, -1);
            } else if (path.equals("/break")) {
                exchange.begin(200, 100);
                exchange.write("half".getBytes(StandardCharsets.UTF_8));
            } else if (path.startsWith("/echo/")) {
                String header = exchange.header(path.substring("/echo/".length()));
                reply(exchange, String.valueOf(header).getBytes(StandardCharsets.UTF_8));
            } else if (path.equals("/echo-body")) {
                reply(exchange, body);
            } else if (path.equals("/drip")) {
                exchange.begin(200, 0);
                do {
                    exchange.write(new byte[] {'x'});
                } while (!released(50));
            } else if (path.equals("/hang")) {
                released(20_000);
            } else {
                if (path.equals("/slow")) released(20_000);
                reply(exchange, "ok".getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static void reply(Exchange exchange, byte[] body) throws IOException {
        exchange.begin(200, body.length == 0 ? -1 : body.length);
        if (body.length > 0) exchange.write(body);
    }

    private boolean released(long millis) {
        try {
            return release.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    private static final class OverHttp1 extends PathServer {

        private final HttpServer server;

        OverHttp1() throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
            server.setExecutor(threads());
            server.createContext("/", exchange -> answer(new JdkExchange(exchange)));
            server.start();
        }

        @Override
        int port() {
            return server.getAddress().getPort();
        }

        @Override
        void stop() {
            server.stop(0);
        }
    }

    private record JdkExchange(HttpExchange exchange) implements Exchange {

        @Override
        public String path() {
            return exchange.getRequestURI().getPath();
        }

        @Override
        public @Nullable String header(String name) {
            return exchange.getRequestHeaders().getFirst(name);
        }

        @Override
        public byte[] body() throws IOException {
            return exchange.getRequestBody().readAllBytes();
        }

        @Override
        public void answerHeader(String name, String value) {
            exchange.getResponseHeaders().set(name, value);
        }

        @Override
        public void begin(int status, long length) throws IOException {
            exchange.sendResponseHeaders(status, length);
        }

        @Override
        public void write(byte[] part) throws IOException {
            exchange.getResponseBody().write(part);
            exchange.getResponseBody().flush();
        }

        @Override
        public void close() {
            exchange.close();
        }
    }
}
