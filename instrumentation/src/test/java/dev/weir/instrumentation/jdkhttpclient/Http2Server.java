package dev.weir.instrumentation.jdkhttpclient;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that takes the upgrade to HTTP/2 in clear and answers every stream with an empty 200. */
final class Http2Server implements AutoCloseable {

    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;
    private static final int GOAWAY = 7;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int ACK = 1;
    /** {@code :status: 200} of the static table in RFC 7541. */
    private static final byte[] STATUS_200 = {(byte) 0x88};

    private final ServerSocket listener;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private volatile boolean sendsAway;

    Http2Server() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(() -> {
            while (true) {
                Socket socket = listener.accept();
                open.add(socket);
                daemon(() -> serve(socket));
            }
        });
    }

    String url(String path) {
        return "http://127.0.0.1:" + listener.getLocalPort() + path;
    }

    /** What came: {@code upgrade <request line>}, {@code stream <n>}. */
    List<String> seen() {
        return List.copyOf(seen);
    }

    /** The next stream is not served: its connection goes away, and says so. */
    void sendAwayTheNext() {
        sendsAway = true;
    }

    private void serve(Socket socket) throws IOException {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) head.append((char) in.read());
            seen.add("upgrade " + head.substring(0, head.indexOf(" HTTP/")));
            out.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            frame(out, SETTINGS, 0, 0, new byte[0]);
            frame(out, HEADERS, END_HEADERS | END_STREAM, 1, STATUS_200);
            in.readNBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".length());
            while (true) {
                byte[] start = in.readNBytes(9);
                if (start.length < 9) return;
                in.readNBytes((start[0] & 255) << 16 | (start[1] & 255) << 8 | start[2] & 255);
                int stream = (start[7] & 255) << 8 | start[8] & 255;
                if (start[3] == SETTINGS && (start[4] & ACK) == 0) frame(out, SETTINGS, ACK, 0, new byte[0]);
                if (start[3] != HEADERS) continue;
                seen.add("stream " + stream);
                if (sendsAway) {
                    sendsAway = false;
                    // The last stream that was served, and no error.
                    frame(out, GOAWAY, 0, 0, new byte[] {0, 0, 0, 1, 0, 0, 0, 0});
                } else {
                    frame(out, HEADERS, END_HEADERS | END_STREAM, stream, STATUS_200);
                }
            }
        }
    }

    private static void frame(OutputStream out, int type, int flags, int stream, byte[] payload) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(new byte[] {0, 0, (byte) payload.length, (byte) type, (byte) flags, 0, 0, 0, (byte) stream});
        frame.write(payload);
        out.write(frame.toByteArray());
        out.flush();
    }

    private interface Task {
        void run() throws IOException;
    }

    private static void daemon(Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException e) {
                        // The client is gone, or the test is over.
                    }
                },
                "http2-server");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) socket.close();
    }
}
