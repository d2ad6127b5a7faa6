package dev.weir.micro;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Takes every request of an exporter over OTLP/HTTP, and does as little with it as it can: it counts spans, or not even that. */
public final class Sink implements AutoCloseable {

    private static final byte[] ANSWER =
            "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);
    private static final String LENGTH = "content-length:";
    private static final String TRACES = "POST /v1/traces ";

    private final ServerSocket server;
    private final boolean counts;
    private final AtomicLong received = new AtomicLong();
    private final AtomicReference<@Nullable String> complaint = new AtomicReference<>();

    private Sink(boolean counts) {
        this.counts = counts;
        try {
            server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    /** A sink that looks into nothing. */
    public static Sink discarding() {
        return new Sink(false);
    }

    /** A sink that counts spans. */
    public static Sink counting() {
        return new Sink(true);
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "sink");
        thread.setDaemon(true);
        thread.start();
    }

    /** Where exporters send to. */
    public String endpoint() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    /** How many spans have come. */
    public long received() {
        return received.get();
    }

    /** What could not be counted; {@code null} when everything could. */
    public @Nullable String complaint() {
        return complaint.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                start(() -> serve(socket));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(Socket socket) {
        byte[] body = new byte[64 * 1024];
        try (socket;
                InputStream in = new BufferedInputStream(socket.getInputStream(), body.length);
                OutputStream out = socket.getOutputStream()) {
            socket.setTcpNoDelay(true);
            Head head = Head.read(in);
            while (head != null) {
                if (counts) {
                    if (head.length > body.length) body = new byte[head.length * 2];
                    if (in.readNBytes(body, 0, head.length) < head.length) return;
                    count(head, body);
                } else {
                    for (int left = head.length; left > 0; ) {
                        int count = in.read(body, 0, Math.min(body.length, left));
                        if (count < 0) return;
                        left -= count;
                    }
                }
                out.write(ANSWER);
                head = Head.read(in);
            }
        } catch (IOException e) {
            // The exporter went away.
        }
    }

    private void count(Head head, byte[] body) {
        if (!head.first.startsWith(TRACES)) return;
        try {
            if (head.length == 0) throw new IllegalArgumentException("without a length");
            received.addAndGet(SpanCounter.count(body, head.length));
        } catch (RuntimeException e) {
            complaint.compareAndSet(null, "a request that the sink cannot count: " + e.getMessage());
        }
    }

    private record Head(String first, int length) {

        /** {@code null} at the end of the stream. */
        static @Nullable Head read(InputStream in) throws IOException {
            int length = 0;
            String first = null;
            StringBuilder line = new StringBuilder();
            while (true) {
                int c = in.read();
                if (c < 0) return null;
                if (c == '\r') continue;
                if (c != '\n') {
                    line.append((char) c);
                    continue;
                }
                if (first == null) first = line.toString();
                else if (line.length() == 0) return new Head(first, length);
                else if (line.toString().regionMatches(true, 0, LENGTH, 0, LENGTH.length())) {
                    length = Integer.parseInt(line.substring(LENGTH.length()).strip());
                }
                line.setLength(0);
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
