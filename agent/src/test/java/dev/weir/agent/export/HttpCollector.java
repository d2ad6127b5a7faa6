package dev.weir.agent.export;

import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.jspecify.annotations.Nullable;

/** An OTLP/HTTP receiver on a bare socket, so that it can do all that a receiver should not. */
final class HttpCollector implements AutoCloseable {

    /** One request as it came. */
    record Request(String line, Map<String, String> headers, ExportTraceServiceRequest content) {

        int spans() {
            return content.getResourceSpansList().stream()
                    .flatMap(resource -> resource.getScopeSpansList().stream())
                    .mapToInt(scope -> scope.getSpansCount())
                    .sum();
        }
    }

    /** What happens to a connection after a request. */
    interface Answer {
        void to(Socket caller) throws IOException, InterruptedException;
    }

    static final Answer ACCEPT = status(200, "Content-Type: application/x-protobuf");

    final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Queue<Answer> next = new ConcurrentLinkedQueue<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final ServerSocket server;
    private volatile Answer usual = ACCEPT;
    private volatile @Nullable Answer metrics;

    HttpCollector() throws IOException {
        this(0, null);
    }

    HttpCollector(int port, @Nullable SSLContext tls) throws IOException {
        server = tls == null ? new ServerSocket() : tls.getServerSocketFactory().createServerSocket();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        Thread acceptor = new Thread(this::accept, "collector");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    HttpCollector askingForCertificates() {
        ((SSLServerSocket) server).setNeedClientAuth(true);
        return this;
    }

    static Answer status(int status, String... headers) {
        return status(status, new byte[0], headers);
    }

    static Answer status(int status, byte[] body, String... headers) {
        StringBuilder head =
                new StringBuilder("HTTP/1.1 " + status + " Said\r\nContent-Length: " + body.length + "\r\n");
        for (String header : headers) head.append(header).append("\r\n");
        byte[] bytes = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        return caller -> {
            caller.getOutputStream().write(bytes);
            caller.getOutputStream().write(body);
            caller.getOutputStream().flush();
        };
    }

    /** The next requests are answered like this, one each; then as usual. */
    HttpCollector next(Answer... answers) {
        next.addAll(List.of(answers));
        return this;
    }

    HttpCollector usually(Answer answer) {
        usual = answer;
        return this;
    }

    /** Requests to {@code /v1/metrics}; their content is not read. */
    HttpCollector metrics(Answer answer) {
        metrics = answer;
        return this;
    }

    int port() {
        return server.getLocalPort();
    }

    String endpoint() {
        return "http://127.0.0.1:" + port();
    }

    int spans() {
        return requests.stream().mapToInt(Request::spans).sum();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket caller = server.accept();
                open.add(caller);
                Thread thread = new Thread(() -> serve(caller), "collector");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                // Closed, or a handshake that failed as it should.
            }
        }
    }

    private void serve(Socket caller) {
        try (caller) {
            DataInputStream in = new DataInputStream(caller.getInputStream());
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                boolean ofMetrics = line.contains(" /v1/metrics ");
                requests.add(read(line, in, !ofMetrics));
                Answer answer = ofMetrics ? metrics : next.poll();
                (answer == null ? usual : answer).to(caller);
            }
        } catch (IOException e) {
            // The other side is gone.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Request read(String line, DataInputStream in, boolean spans) throws IOException {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            int colon = header.indexOf(':');
            if (colon < 0) throw new IOException("not HTTP: " + header);
            headers.put(header.substring(0, colon), header.substring(colon + 1).strip());
        }
        byte[] body = new byte[Integer.parseInt(headers.getOrDefault("Content-Length", "0"))];
        in.readFully(body);
        if (!spans) return new Request(line, headers, ExportTraceServiceRequest.getDefaultInstance());
        InputStream content = new ByteArrayInputStream(body);
        if ("gzip".equals(headers.get("Content-Encoding"))) content = new GZIPInputStream(content);
        return new Request(line, headers, ExportTraceServiceRequest.parseFrom(content));
    }

    /** Empty at the end. */
    private static String line(DataInputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) if (b != '\r') line.append((char) b);
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) socket.close();
    }
}
