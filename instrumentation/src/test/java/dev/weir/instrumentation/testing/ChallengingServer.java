package dev.weir.instrumentation.testing;

import com.sun.net.httpserver.BasicAuthenticator;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that asks for the user {@code weir} and the password {@code secret} (Basic) before it answers. */
public final class ChallengingServer implements AutoCloseable {

    private final HttpServer server;
    private final AtomicInteger received = new AtomicInteger();

    private ChallengingServer(HttpServer server) {
        this.server = server;
    }

    /** Listens on a free port of the loopback address. */
    public static ChallengingServer start() throws IOException {
        ChallengingServer started =
                new ChallengingServer(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
        started.server
                .createContext("/", exchange -> {
                    exchange.getRequestBody().readAllBytes();
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                })
                .setAuthenticator(new BasicAuthenticator("weir") {
                    @Override
                    public Result authenticate(com.sun.net.httpserver.HttpExchange exchange) {
                        started.received.incrementAndGet();
                        return super.authenticate(exchange);
                    }

                    @Override
                    public boolean checkCredentials(String user, String password) {
                        return user.equals("weir") && password.equals("secret");
                    }
                });
        started.server.start();
        return started;
    }

    /** The address of a path. */
    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    /** How many requests arrived, challenged ones among them. */
    public int received() {
        return received.get();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
