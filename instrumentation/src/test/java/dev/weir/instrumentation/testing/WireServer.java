package dev.weir.instrumentation.testing;

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
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;

/** An HTTP server that sees the wire: it counts connections and requests, and can break off wherever a test wants. */
public final class WireServer implements AutoCloseable {

    /** One request as it came in; headers of one name joined by commas. */
    public record Request(int connection, String line, Map<String, String> headers, byte[] body) {

        public String path() {
            return line.split(" ")[1];
        }

        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** What the server does with a request. */
    public interface Script {
        void answer(Request request, Answer answer) throws Exception;
    }

    /** The way back to the client. */
    public static final class Answer {
        public final Socket socket;
        private final OutputStream out;
        private final WireServer server;

        private Answer(Socket socket, WireServer server) throws IOException {
            this.socket = socket;
            this.out = socket.getOutputStream();
            this.server = server;
        }

        public void send(String bytes) throws IOException {
            out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        public void reply(String status, String body, String... headers) throws IOException {
            StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append("\r\n");
            for (String header : headers) head.append(header).append("\r\n");
            head.append("Content-Length: ").append(body.length()).append("\r\n\r\n");
            send(head + body);
        }

        public void breakOff() throws IOException {
            socket.close();
        }

        public void awaitRelease() throws InterruptedException {
            server.release.await(20, TimeUnit.SECONDS);
        }
    }

    private final ServerSocket listener;
    private final String scheme;
    private final Script script;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final CountDownLatch release = new CountDownLatch(1);

    public WireServer(Script script) throws IOException {
        this("http", ServerSocketFactory.getDefault(), script);
    }

    public WireServer(String scheme, ServerSocketFactory factory, Script script) throws IOException {
        this.scheme = scheme;
        this.script = script;
        listener = factory.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    public String url(String path) {
        return scheme + "://127.0.0.1:" + port() + path;
    }

    public int port() {
        return listener.getLocalPort();
    }

    public List<Request> requests() {
        return List.copyOf(requests);
    }

    public int connections() {
        return connections.get();
    }

    public void release() {
        release.countDown();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                open.add(socket);
                int number = connections.incrementAndGet();
                daemon(() -> serve(socket, number));
            } catch (IOException e) {
                // Closed.
            }
        }
    }

    private void serve(Socket socket, int number) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            Answer answer = new Answer(socket, this);
            for (String line = line(in); line != null; line = line(in)) {
                Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
                for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
                    int colon = header.indexOf(':');
                    String value = header.substring(colon + 1).trim();
                    headers.merge(header.substring(0, colon), value, (before, again) -> before + ", " + again);
                }
                Request request = new Request(number, line, headers, body(in, headers));
                requests.add(request);
                script.answer(request, answer);
            }
        } catch (Exception e) {
            // The client is gone, or the test is over.
        }
    }

    private static byte[] body(InputStream in, Map<String, String> headers) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (headers.getOrDefault("Transfer-Encoding", "")
                .toLowerCase(Locale.ROOT)
                .equals("chunked")) {
            for (int size = chunk(in); size > 0; size = chunk(in)) {
                body.write(in.readNBytes(size));
                line(in);
            }
            line(in);
        } else {
            body.write(in.readNBytes(Integer.parseInt(headers.getOrDefault("Content-Length", "0"))));
        }
        return body.toByteArray();
    }

    private static int chunk(InputStream in) throws IOException {
        String size = line(in);
        return size == null ? 0 : Integer.parseInt(size.trim(), 16);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (c == '\n') return line.toString();
            if (c != '\r') line.append((char) c);
        }
        return null;
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "wire-server");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        release();
        listener.close();
        for (Socket socket : open) socket.close();
    }
}
