package dev.weir.incidents.harness;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An HTTP/1.1 server over plain sockets that keeps what it was sent and can fail as real dependencies fail. */
public final class FaultServer implements AutoCloseable {

    /** A request as it came over the wire; header names in lower case. */
    public record Request(long arrivedMillis, String method, String target, Map<String, String> headers, String body) {
        /** A header's value; {@code null} when it was not sent. */
        public @Nullable String header(String name) {
            return headers.get(name.toLowerCase(Locale.ROOT));
        }
    }

    /** What happens to a request. */
    public sealed interface Reply {
        /** An answer at once. */
        static Reply of(int status, String body) {
            return new Answer(status, body, Duration.ZERO, "");
        }

        /** The connection is closed without an answer. */
        static Reply drop() {
            return new Drop();
        }

        /** There is no answer, and the connection stays open. */
        static Reply never() {
            return new Never();
        }

        /** The same answer, later. */
        default Reply after(Duration delay) {
            return this instanceof Answer answer ? new Answer(answer.status, answer.body, delay, answer.headers) : this;
        }

        /** The same answer with another header. */
        default Reply with(String name, String value) {
            return this instanceof Answer answer
                    ? new Answer(
                            answer.status, answer.body, answer.delay, answer.headers + name + ": " + value + "\r\n")
                    : this;
        }
    }

    private record Answer(int status, String body, Duration delay, String headers) implements Reply {}

    private record Drop() implements Reply {}

    private record Never() implements Reply {}

    /** On a busy machine hundreds of calls wait to be taken, and what the system turns away would not be counted. */
    private static final int BACKLOG = 4_096;

    private final ServerSocket listener;
    private final Function<Request, Reply> behaviour;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

    private FaultServer(ServerSocket listener, Function<Request, Reply> behaviour) {
        this.listener = listener;
        this.behaviour = behaviour;
    }

    /** Starts a server on an ephemeral loopback port. */
    public static FaultServer start(Function<Request, Reply> behaviour) throws IOException {
        FaultServer server = new FaultServer(new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()), behaviour);
        daemon(server::accept);
        return server;
    }

    /** The address of {@code path} on this server. */
    public String url(String path) {
        return "http://127.0.0.1:" + listener.getLocalPort() + path;
    }

    /** Everything that was read from the wire until now, whatever became of it. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket connection : connections) connection.close();
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = listener.accept();
                connections.add(connection);
                daemon(() -> serve(connection));
            }
        } catch (IOException e) {
            // Closed: the end of this server.
        }
    }

    private void serve(Socket connection) {
        boolean keep = false;
        try {
            connection.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(connection.getInputStream());
            while (true) {
                Request request = read(in);
                if (request == null) break;
                requests.add(request);
                Reply reply = behaviour.apply(request);
                if (reply instanceof Never) {
                    keep = true;
                    return;
                }
                if (!(reply instanceof Answer answer)) break;
                if (!answer.delay.isZero()) Thread.sleep(answer.delay.toMillis());
                byte[] body = answer.body.getBytes(StandardCharsets.UTF_8);
                String head = "HTTP/1.1 " + answer.status + " -\r\n" + answer.headers + "Content-Length: " + body.length
                        + "\r\n\r\n";
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                bytes.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
                bytes.writeBytes(body);
                connection.getOutputStream().write(bytes.toByteArray());
            }
        } catch (IOException e) {
            // The caller has left; what it sent is already counted.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (!keep) close(connection);
        }
    }

    private void close(Socket connection) {
        connections.remove(connection);
        try {
            connection.close();
        } catch (IOException e) {
            // It was gone already.
        }
    }

    private static @Nullable Request read(InputStream in) throws IOException {
        String start = line(in);
        if (start.isEmpty()) return null;
        long arrived = System.currentTimeMillis();
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            // A header that comes twice is kept as such: some of the failures are duplicated headers.
            headers.merge(name, line.substring(colon + 1).strip(), (first, second) -> first + ", " + second);
        }
        String[] words = start.split(" ");
        return new Request(arrived, words[0], words[1], headers, body(in, headers));
    }

    private static String body(InputStream in, Map<String, String> headers) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
            int length;
            do {
                length = Integer.parseInt(line(in).strip(), 16);
                body.writeBytes(in.readNBytes(length));
                line(in);
            } while (length > 0);
        } else {
            body.writeBytes(in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0"))));
        }
        return body.toString(StandardCharsets.UTF_8);
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            if (next != '\r') line.write(next);
        }
        return line.toString(StandardCharsets.US_ASCII);
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "fault-server");
        thread.setDaemon(true);
        thread.start();
    }
}
