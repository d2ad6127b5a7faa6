package dev.weir.instrumentation.httpurlconnection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.testing.RefusingPort;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HttpUrlConnectionInstrumentationTest extends HttpUrlConnectionUse {

    @Test
    void wovenClassesAreSound() throws Exception {
        for (String name : List.of(
                "sun.net.www.protocol.http.HttpURLConnection",
                "sun.net.www.protocol.http.HttpURLConnection$HttpInputStream",
                "sun.net.www.protocol.https.AbstractDelegateHttpsURLConnection",
                "sun.net.www.http.HttpClient",
                "sun.net.www.MessageHeader",
                "sun.net.www.protocol.https.HttpsClient")) {
            woven.assertSound(Class.forName(name, false, null));
        }
        assertEquals(6, woven.adapter().woven().size(), woven.adapter().woven().toString());
        assertEquals(Set.of(), woven.adapter().unmatched());
    }

    @Test
    void headersOfTheRequestAreFacts() throws Exception {
        List<String> seen = new ArrayList<>();
        woven.agent().pull(facts -> {
            for (String name : List.of("X-Stainless-Retry-Count", "x-twice", "x-none")) {
                seen.add(facts.header(name) + " " + ((HttpFacts) facts).repeatsHeader(name));
            }
        });
        List<String> expected = List.of("2 false", "2 true", "null false");
        for (boolean post : new boolean[] {false, true}) {
            HttpURLConnection connection = open("/");
            connection.setDoOutput(post);
            connection.setRequestProperty("x-stainless-retry-count", "2");
            connection.addRequestProperty("X-Twice", "1");
            connection.addRequestProperty("x-twice", "2");
            if (post) connection.getOutputStream().write(1);
            text(connection);
            // For a POST the connection is opened first, and then the request is written.
            assertEquals(expected, seen.subList(seen.size() - 3, seen.size()));
        }
        assertEquals(9, seen.size());
    }

    @Test
    void oneCallHoweverOftenTheReplyIsAskedFor() throws Exception {
        woven.agent().pull(facts -> assertTrue(facts.setHeader("traceparent", "from-weir")));
        HttpURLConnection connection = open("/a?b=c");
        assertEquals(200, connection.getResponseCode());
        assertEquals("10", connection.getHeaderField("Content-Length"));
        assertEquals("from-weir ", text(connection));
        assertEquals(List.of("begin GET /a?b=c", "end GET /a?b=c 200"), events());
    }

    @Test
    void headersThatTheApplicationSetAreSeenAndCanBeReplaced() throws Exception {
        List<String> seen = new ArrayList<>();
        woven.agent().pull(facts -> {
            seen.add(facts.header("traceparent"));
            seen.add(facts.header("baggage"));
            assertTrue(facts.replaceHeader("traceparent", "other"));
        });
        HttpURLConnection connection = open("/");
        connection.setRequestProperty("traceparent", "own");
        assertEquals("other ", text(connection));
        assertEquals("own", seen.get(0));
        assertNull(seen.get(1));
    }

    @Test
    void bodyInMemoryIsKnownBeforeItIsSent() throws Exception {
        byte[][] body = new byte[1][];
        woven.agent().pull(facts -> {
            facts.setHeader("traceparent", "t");
            body[0] = ((HttpFacts) facts).replayableBody(100);
        });
        HttpURLConnection connection = post("/pay", "pay 10");
        assertEquals(0, server.requests().size());
        assertEquals("t pay 10", text(connection));
        assertArrayEquals("pay 10".getBytes(StandardCharsets.UTF_8), body[0]);
        assertEquals(6, ((HttpFacts) woven.agent().begun().get(1)).bodyLength());
        assertEquals(-1, ((HttpFacts) woven.agent().begun().get(0)).bodyLength());
        assertEquals(
                List.of("begin POST /pay", "withdrawn POST /pay", "begin POST /pay", "end POST /pay 200"), events());
    }

    @Test
    void aBodyBeyondTheLimitIsNotCopied() throws Exception {
        List<Object> seen = new ArrayList<>();
        woven.agent().pull(facts -> seen.add(((HttpFacts) facts).replayableBody(3)));
        assertEquals(200, post("/pay", "pay 10").getResponseCode());
        assertNull(seen.get(1));
    }

    @Test
    void aGetWithOutputIsAPost() throws Exception {
        HttpURLConnection connection = open("/");
        connection.setDoOutput(true);
        connection.getOutputStream().write('x');
        assertEquals("none x", text(connection));
        assertEquals("begin POST /", events().get(0));
    }

    @Test
    void connectionOpenedAheadIsWithdrawn() throws Exception {
        HttpURLConnection connection = open("/");
        connection.connect();
        connection.connect();
        assertEquals(List.of("begin GET /", "withdrawn GET /"), events());
        assertEquals(200, connection.getResponseCode());
        assertEquals(List.of("begin GET /", "withdrawn GET /", "begin GET /", "end GET / 200"), events());
    }

    @Test
    void aStatusIsAnAnswerEvenWhereItIsThrown() throws Exception {
        HttpURLConnection missing = open("/404");
        assertThrows(FileNotFoundException.class, missing::getInputStream);
        assertEquals("no such thing", new String(missing.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
        HttpURLConnection busy = open("/503");
        assertEquals(503, busy.getResponseCode());
        assertEquals(List.of("begin GET /404", "end GET /404 404", "begin GET /503", "end GET /503 503"), events());
        assertEquals("7", woven.agent().begun().get(1).responseHeader("retry-after"));
    }

    @Test
    void theCallersTimeoutIsAFact() throws Exception {
        HttpURLConnection connection = open("/");
        connection.setReadTimeout(7_000);
        assertEquals(200, connection.getResponseCode());
        assertEquals(7_000, woven.agent().begun().get(0).callerTimeoutMillis());
    }

    @Test
    void aDeniedGetNeverLeavesAndStaysDenied() throws Exception {
        woven.agent().deny(facts -> true);
        HttpURLConnection connection = open("/");
        for (Callable<?> ask : List.<Callable<?>>of(
                connection::getResponseCode, connection::getInputStream, connection::getInputStream)) {
            IOException thrown = assertThrows(IOException.class, ask::call);
            assertEquals("denied by test", thrown.getMessage());
        }
        assertNull(connection.getErrorStream());
        assertNull(connection.getHeaderField("Content-Length"));
        assertEquals(0, server.connections());
        assertEquals(List.of("begin GET /"), events());
    }

    @Test
    void aDenialForTimeIsATimeout() throws Exception {
        woven.agent().deny(facts -> true);
        woven.agent().denyForTime();
        assertThrows(SocketTimeoutException.class, open("/")::getInputStream);
    }

    @Test
    void aDeniedConnectionStaysDenied() throws Exception {
        woven.agent().deny(facts -> true);
        HttpURLConnection connection = open("/");
        connection.setDoOutput(true);
        assertThrows(IOException.class, connection::connect);
        assertThrows(IOException.class, connection::getOutputStream);
        woven.agent().deny(facts -> false);
        IOException thrown = assertThrows(IOException.class, connection::getResponseCode);
        assertEquals("denied by test", thrown.getMessage());
        assertNull(connection.getErrorStream());
        assertEquals(0, server.connections());
        assertEquals(1, events().size());
    }

    @Test
    void aPostIsDeniedForItsBody() throws Exception {
        woven.agent().deny(facts -> ((HttpFacts) facts).bodyLength() > 0);
        HttpURLConnection connection = post("/pay", "pay 10");
        IOException thrown = assertThrows(IOException.class, connection::getInputStream);
        assertEquals("denied by test", thrown.getMessage());
        assertThrows(IOException.class, connection::getResponseCode);
        assertEquals(0, server.requests().size());
    }

    @Test
    void aStreamedBodyIsOneCall() throws Exception {
        woven.agent().pull(facts -> assertTrue(facts.setHeader("traceparent", "t")));
        HttpURLConnection chunked = open("/chunked");
        chunked.setDoOutput(true);
        chunked.setChunkedStreamingMode(16);
        try (OutputStream out = chunked.getOutputStream()) {
            assertEquals(List.of("begin POST /chunked"), events());
            out.write("a body longer than one chunk".getBytes(StandardCharsets.UTF_8));
        }
        assertEquals("t a body longer than one chunk", text(chunked));
        HttpURLConnection fixed = open("/fixed");
        fixed.setRequestMethod("PUT");
        fixed.setDoOutput(true);
        fixed.setFixedLengthStreamingMode(4L);
        fixed.getOutputStream().write("four".getBytes(StandardCharsets.UTF_8));
        assertEquals("t four", text(fixed));
        assertEquals(
                List.of("begin POST /chunked", "end POST /chunked 200", "begin PUT /fixed", "end PUT /fixed 200"),
                events());
        assertEquals(-1, ((HttpFacts) woven.agent().begun().get(0)).bodyLength());
    }

    @Test
    void aStreamedRequestThatIsGivenUpEnds() throws Exception {
        HttpURLConnection connection = open("/");
        connection.setDoOutput(true);
        connection.setChunkedStreamingMode(16);
        connection.getOutputStream().write('x');
        connection.disconnect();
        assertEquals(List.of("begin POST /", "end POST / IOException"), events());
    }

    @Test
    void aDeniedStreamNeverLeaves() throws Exception {
        woven.agent().deny(facts -> true);
        HttpURLConnection connection = open("/");
        connection.setDoOutput(true);
        connection.setChunkedStreamingMode(16);
        IOException thrown = assertThrows(IOException.class, connection::getOutputStream);
        assertEquals("denied by test", thrown.getMessage());
        assertThrows(IOException.class, connection::getResponseCode);
        assertEquals(0, server.connections());
    }

    @Test
    void aRejectedExpectationEndsTheCall() throws Exception {
        // Answers the head; the other server would wait for the body.
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread rejects = new Thread(() -> {
                try (Socket socket = listener.accept()) {
                    socket.getInputStream().read(new byte[4096]);
                    socket.getOutputStream()
                            .write("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n"
                                    .getBytes(StandardCharsets.UTF_8));
                    socket.getInputStream().readAllBytes();
                } catch (IOException e) {
                    // Seen by the client.
                }
            });
            rejects.start();
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/")
                            .toURL()
                            .openConnection();
            connection.setDoOutput(true);
            connection.setRequestProperty("Expect", "100-Continue");
            connection.setFixedLengthStreamingMode(3);
            assertThrows(IOException.class, connection::getOutputStream);
            connection.disconnect();
            rejects.join(10_000);
        }
        assertEquals(List.of("begin POST /", "end POST / 417"), events());
    }

    @Test
    void aRefusedConnectionEndsWithItsException() throws Exception {
        int port;
        try (RefusingPort nobody = new RefusingPort()) {
            port = nobody.number();
            URL url = URI.create(nobody.url("/")).toURL();
            assertThrows(ConnectException.class, url.openConnection()::getInputStream);
            URLConnection post = url.openConnection();
            post.setDoOutput(true);
            assertThrows(ConnectException.class, post::getOutputStream);
            assertThrows(ConnectException.class, url.openConnection()::connect);
        }
        assertEquals(
                List.of(
                        "begin GET /",
                        "end GET / ConnectException",
                        "begin POST /",
                        "end POST / ConnectException",
                        "begin GET /",
                        "end GET / ConnectException"),
                events());
        assertEquals(port, ((HttpFacts) woven.agent().begun().get(0)).port());
    }

    @Test
    void nothingHappensWhenNobodyFollows() throws Exception {
        woven.agent().ignore(facts -> true);
        assertEquals("none pay", text(post("/", "pay")));
        assertEquals("none ", text(open("/moved")));
        assertEquals(List.of(), events());
    }

    @Test
    void manyThreadsAtOnce() throws Exception {
        woven.agent().pull(facts -> facts.setHeader("traceparent", ((HttpFacts) facts).query()));
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<String>> replies = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                String query = "n" + i;
                replies.add(threads.submit(() -> text(post("/?" + query, query))));
            }
            for (int i = 0; i < replies.size(); i++) {
                assertEquals("n" + i + " n" + i, replies.get(i).get(20, TimeUnit.SECONDS));
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals(64, events().stream().filter(e -> e.startsWith("end ")).count());
        assertInstanceOf(HttpFacts.class, woven.agent().begun().get(0));
    }
}
