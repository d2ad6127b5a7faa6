package dev.weir.instrumentation.testing;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server that keeps its first connection alive, reads the second request on it to its end, and closes it without a
 * word. On all other connections it answers every request.
 */
public final class DroppingServer implements AutoCloseable {

    private final ServerSocket listening;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger posts = new AtomicInteger();

    private DroppingServer(ServerSocket listening) {
        this.listening = listening;
    }

    /** Listens on a free port of the loopback address. */
    public static DroppingServer start() throws IOException {
        DroppingServer started = new DroppingServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        started.threads.execute(started::accept);
        return started;
    }

    /** Where it listens. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort() + "/pay");
    }

    /** How many requests it has read. */
    public int posts() {
        return posts.get();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        threads.shutdownNow();
    }

    private void accept() {
        boolean first = true;
        while (!listening.isClosed()) {
            try {
                Socket connection = listening.accept();
                boolean drops = first;
                first = false;
                threads.execute(() -> serve(connection, drops));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket connection, boolean drops) {
        try (connection) {
            InputStream in = connection.getInputStream();
            for (int request = 1; read(in); request++) {
                posts.incrementAndGet();
                if (drops && request == 2) return;
                connection
                        .getOutputStream()
                        .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            // The client has hung up.
        }
    }

    private static boolean read(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) return false;
            head.append((char) next);
        }
        String lower = head.toString().toLowerCase(Locale.ROOT);
        int length = lower.indexOf("content-length:");
        if (length >= 0) {
            String value = lower.substring(length + "content-length:".length(), lower.indexOf("\r\n", length));
            in.skipNBytes(Long.parseLong(value.strip()));
        } else if (lower.contains("transfer-encoding: chunked")) {
            StringBuilder tail = new StringBuilder();
            while (tail.indexOf("0\r\n\r\n") < 0) tail.append((char) in.read());
        }
        return true;
    }
}
