package dev.weir.instrumentation.httpurlconnection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.DeadlineTimer;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.testing.WireServer;
import dev.weir.instrumentation.testing.Woven;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class HttpUrlConnectionDeadlineTest {

    /** Long enough for what has to arrive before it. */
    private static final int LIMIT_MILLIS = 1_500;

    @RegisterExtension
    final Woven woven = new Woven(new HttpUrlConnectionInstrumentation());

    private WireServer server;

    @BeforeEach
    void start() throws IOException {
        server = new WireServer(HttpUrlConnectionDeadlineTest::answer);
        woven.agent().pull(facts -> {
            if (!"none".equals(((HttpFacts) facts).query())) assertTrue(facts.limit(LIMIT_MILLIS));
        });
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static void answer(WireServer.Request request, WireServer.Answer answer) throws Exception {
        switch (request.path()) {
            case "/fixed" -> {
                answer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx");
                answer.awaitRelease();
            }
            case "/chunked" -> {
                answer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n");
                answer.awaitRelease();
            }
            case "/unending" -> {
                answer.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nx");
                answer.awaitRelease();
            }
            case "/error" -> {
                answer.send("HTTP/1.1 500 Oops\r\nContent-Length: 9\r\n\r\nx");
                answer.awaitRelease();
            }
            case "/hang", "/hang?none" -> {
                answer.awaitRelease();
                answer.reply("200 OK", "late");
            }
            default -> answer.reply("200 OK", request.text());
        }
    }

    private static HttpURLConnection open(String url) throws IOException {
        return (HttpURLConnection) URI.create(url).toURL().openConnection();
    }

    private static void assertDeadline(Throwable thrown) {
        assertTrue(
                thrown.getMessage()
                        .startsWith("weir: the deadline passed after " + LIMIT_MILLIS + " ms (rule deadline;"),
                thrown.toString());
    }

    @Test
    void endsARequestThatGetsNoReplyAndIsNotRepeated() throws Exception {
        // On a kept-alive connection the JDK would otherwise send it again.
        open(server.url("/")).getInputStream().readAllBytes();
        HttpURLConnection connection = open(server.url("/hang"));
        assertDeadline(assertThrows(SocketTimeoutException.class, connection::getInputStream));
        assertDeadline(assertThrows(SocketTimeoutException.class, connection::getResponseCode));
        assertEquals(2, server.requests().size());
        assertEquals(1, server.connections());
        assertEquals(
                List.of("begin GET /", "end GET / 200", "begin GET /hang", "end GET /hang SocketTimeoutException"),
                woven.agent().events());
    }

    @Test
    void endsAStreamedRequest() throws Exception {
        HttpURLConnection connection = open(server.url("/hang"));
        connection.setDoOutput(true);
        connection.setChunkedStreamingMode(16);
        try (OutputStream out = connection.getOutputStream()) {
            out.write('x');
        }
        assertDeadline(assertThrows(SocketTimeoutException.class, connection::getInputStream));
    }

    @Test
    void endsABodyThatStops() throws Exception {
        for (String path : List.of("/fixed", "/chunked", "/unending")) {
            InputStream body = open(server.url(path)).getInputStream();
            assertEquals('x', body.read());
            assertDeadline(assertThrows(SocketTimeoutException.class, body::read, path));
        }
        assertEquals(
                List.of(
                        "begin GET /fixed",
                        "end GET /fixed 200",
                        "begin GET /chunked",
                        "end GET /chunked 200",
                        "begin GET /unending",
                        "end GET /unending 200"),
                woven.agent().events());
    }

    @Test
    void endsTheBodyOfAnError() throws Exception {
        HttpURLConnection connection = open(server.url("/error"));
        assertEquals(500, connection.getResponseCode());
        InputStream body = connection.getErrorStream();
        assertDeadline(assertThrows(SocketTimeoutException.class, body::readAllBytes));
    }

    @Test
    void leavesTheNextRequestOnTheSameConnectionAlone() throws Exception {
        assertEquals(200, open(server.url("/")).getResponseCode());
        // Well after the deadline of the first request.
        DeadlineTimer.after(2 * LIMIT_MILLIS, server::release);
        HttpURLConnection next = open(server.url("/hang?none"));
        assertEquals("late", new String(next.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        assertEquals(1, server.connections());
        assertEquals(0, next.getReadTimeout());
        assertEquals(0, next.getConnectTimeout());
    }

    @Test
    void theApplicationsOwnTimeoutStaysItsOwn() throws Exception {
        HttpURLConnection connection = open(server.url("/hang"));
        connection.setReadTimeout(20);
        SocketTimeoutException thrown = assertThrows(SocketTimeoutException.class, connection::getInputStream);
        assertEquals("Read timed out", thrown.getMessage());
    }

    @Test
    void endsAConnectionThatIsNotAccepted() throws Exception {
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<Socket> waiting = new ArrayList<>();
            try {
                // The kernel drops what does not fit into the backlog.
                while (fits(full, waiting)) assertTrue(waiting.size() < 100, "the backlog has no end");
                HttpURLConnection post = open("http://127.0.0.1:" + full.getLocalPort() + "/");
                post.setDoOutput(true);
                assertDeadline(assertThrows(SocketTimeoutException.class, post::getOutputStream));
                HttpURLConnection get = open("http://127.0.0.1:" + full.getLocalPort() + "/");
                assertDeadline(assertThrows(SocketTimeoutException.class, get::getResponseCode));
            } finally {
                for (Socket socket : waiting) socket.close();
            }
        }
        assertEquals(
                List.of(
                        "begin POST /",
                        "end POST / SocketTimeoutException",
                        "begin GET /",
                        "end GET / SocketTimeoutException"),
                woven.agent().events());
    }

    private static boolean fits(ServerSocket full, List<Socket> waiting) throws IOException {
        Socket socket = new Socket();
        waiting.add(socket);
        try {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), full.getLocalPort()), 300);
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    @Test
    void endsAHandshakeThatHangs() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            HttpURLConnection connection = open("https://127.0.0.1:" + mute.getLocalPort() + "/");
            assertDeadline(assertThrows(SocketTimeoutException.class, connection::getInputStream));
        }
        assertEquals(
                List.of("begin GET /", "end GET / SocketTimeoutException"),
                woven.agent().events());
    }
}
