package dev.weir.instrumentation.jdkhttpclient;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http2.hpack.HPackDecoder;
import org.apache.hc.core5.http2.hpack.HPackException;

/**
 * A server that speaks HTTP/2 after an upgrade in clear, or at once when TLS has agreed on it, and answers every stream
 * with an empty 200.
 */
final class Http2Server implements AutoCloseable {

    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;
    private static final int GOAWAY = 7;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int PRIORITY = 32;
    private static final int ACK = 1;
    /** {@code :status: 200} of the static table in RFC 7541. */
    private static final byte[] STATUS_200 = {(byte) 0x88};

    private final ServerSocket listener;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final List<List<String>> headers = new CopyOnWriteArrayList<>();
    private final String scheme;
    private volatile boolean sendsAway;

    Http2Server() throws IOException {
        this("http", ServerSocketFactory.getDefault());
    }

    Http2Server(SSLContext tls) throws IOException {
        this("https", tls.getServerSocketFactory());
    }

    private Http2Server(String scheme, ServerSocketFactory factory) throws IOException {
        this.scheme = scheme;
        listener = factory.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(() -> {
            while (true) {
                Socket socket = listener.accept();
                open.add(socket);
                daemon(() -> serve(socket));
            }
        });
    }

    String url(String path) {
        return scheme + "://127.0.0.1:" + listener.getLocalPort() + path;
    }

    /** The headers of each request, as {@code name: value} with names in lower case. */
    List<List<String>> headers() {
        return List.copyOf(headers);
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
            if (socket instanceof SSLSocket tls) agreeOnHttp2(tls);
            else upgrade(in, out);
            HPackDecoder decoder = new HPackDecoder(4_096, StandardCharsets.US_ASCII);
            in.readNBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".length());
            if (socket instanceof SSLSocket) frame(out, SETTINGS, 0, 0, new byte[0]);
            while (true) {
                byte[] start = in.readNBytes(9);
                if (start.length < 9) return;
                byte[] payload = in.readNBytes((start[0] & 255) << 16 | (start[1] & 255) << 8 | start[2] & 255);
                int stream = (start[7] & 255) << 8 | start[8] & 255;
                if (start[3] == SETTINGS && (start[4] & ACK) == 0) frame(out, SETTINGS, ACK, 0, new byte[0]);
                if (start[3] != HEADERS) continue;
                decode(decoder, payload, start[4]);
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

    private static void agreeOnHttp2(SSLSocket socket) throws IOException {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
    }

    private void upgrade(InputStream in, OutputStream out) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) head.append((char) in.read());
        List<String> lines = new ArrayList<>();
        for (String line : head.substring(head.indexOf("\r\n") + 2).trim().split("\r\n")) {
            int colon = line.indexOf(':');
            lines.add(line.substring(0, colon).toLowerCase(Locale.ROOT) + line.substring(colon));
        }
        headers.add(lines);
        seen.add("upgrade " + head.substring(0, head.indexOf(" HTTP/")));
        out.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
        frame(out, SETTINGS, 0, 0, new byte[0]);
        frame(out, HEADERS, END_HEADERS | END_STREAM, 1, STATUS_200);
    }

    private void decode(HPackDecoder decoder, byte[] payload, byte flags) throws IOException {
        // Priority: a stream and a weight.
        int from = (flags & PRIORITY) == 0 ? 0 : 5;
        List<String> lines = new ArrayList<>();
        try {
            for (Header header : decoder.decodeHeaders(ByteBuffer.wrap(payload, from, payload.length - from))) {
                lines.add(header.getName() + ": " + header.getValue());
            }
        } catch (HPackException e) {
            throw new IOException(e);
        }
        headers.add(lines);
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
