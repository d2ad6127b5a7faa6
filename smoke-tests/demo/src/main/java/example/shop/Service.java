package example.shop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** An HTTP service on a loopback port of its own, which stops when its standard input ends. */
public final class Service {
    private static final Logger LOG = Logger.getLogger(Service.class.getName());

    private final String name;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    public Service(String name) throws IOException {
        this.name = name;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
    }

    /** What a service does with a form that was sent to it. */
    public interface Handler {
        Reply handle(Map<String, String> form) throws Exception;
    }

    public Service at(String path, Handler handler) {
        server.createContext(path, exchange -> serve(exchange, handler));
        return this;
    }

    /** Serves until standard input ends, then finishes what it has begun and ends the process. */
    public void run() throws IOException, InterruptedException {
        server.start();
        LOG.info(name + " listens on http://127.0.0.1:" + server.getAddress().getPort());
        // Whoever started us holds the other end: when they are gone, for whatever reason, so are we.
        while (System.in.read() >= 0) {}
        server.stop(0);
        threads.shutdown();
        System.exit(threads.awaitTermination(10, TimeUnit.SECONDS) ? 0 : 1);
    }

    private static void serve(HttpExchange exchange, Handler handler) {
        try (exchange) {
            Reply reply;
            try {
                reply = handler.handle(form(exchange));
            } catch (Exception e) {
                LOG.log(Level.WARNING, exchange.getRequestURI() + " failed", e);
                reply = new Reply(500, "failed");
            }
            if (reply.status() != Reply.NONE) {
                byte[] body = reply.text().getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
                exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
                exchange.getResponseBody().write(body);
            }
        } catch (IOException e) {
            LOG.info(exchange.getRequestURI() + ": nobody waits for the answer any more");
        }
    }

    private static Map<String, String> form(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Map<String, String> form = new LinkedHashMap<>();
        for (String pair : body.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                form.put(
                        pair.substring(0, equals),
                        URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return form;
    }
}
