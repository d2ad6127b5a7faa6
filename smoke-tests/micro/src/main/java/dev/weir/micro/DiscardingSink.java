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

/** Takes every request of an exporter, and looks into none: as little as a collector in the same JVM can cost. */
final class DiscardingSink implements AutoCloseable {

    private static final byte[] ANSWER =
            "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);
    private static final String LENGTH = "content-length:";

    private final ServerSocket server;

    DiscardingSink() {
        try {
            server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "sink");
        thread.setDaemon(true);
        thread.start();
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getLocalPort();
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

    private static void serve(Socket socket) {
        byte[] waste = new byte[64 * 1024];
        try (socket;
                InputStream in = new BufferedInputStream(socket.getInputStream(), waste.length);
                OutputStream out = socket.getOutputStream()) {
            socket.setTcpNoDelay(true);
            while (true) {
                long left = length(in);
                if (left < 0) return;
                while (left > 0) {
                    int count = in.read(waste, 0, (int) Math.min(waste.length, left));
                    if (count < 0) return;
                    left -= count;
                }
                out.write(ANSWER);
            }
        } catch (IOException e) {
            // The exporter went away.
        }
    }

    /** Reads a request's head; -1 at the end of the stream. */
    private static long length(InputStream in) throws IOException {
        long length = 0;
        StringBuilder line = new StringBuilder();
        while (true) {
            int c = in.read();
            if (c < 0) return -1;
            if (c == '\r') continue;
            if (c != '\n') {
                line.append((char) c);
                continue;
            }
            if (line.length() == 0) return length;
            if (line.toString().regionMatches(true, 0, LENGTH, 0, LENGTH.length())) {
                length = Long.parseLong(line.substring(LENGTH.length()).strip());
            }
            line.setLength(0);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
