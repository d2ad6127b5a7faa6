package dev.weir.instrumentation.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.HttpFacts;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What the adapter of every HTTP server has to do, whatever the server.
 *
 * <p>A server's test class serves these paths the way an application would. Bodies that say {@code inside} or {@code
 * outside} say {@link #here} of the thread that replies.
 *
 * <ul>
 *   <li>{@code /inside}: replies at once, in the handler.
 *   <li>{@code /later}: the handler returns; something that the server's own means put off replies.
 *   <li>{@code /worker}: a worker thread of the server replies.
 *   <li>{@code /pieces}: a body of several writes, {@code inside} or {@code outside} last.
 *   <li>{@code /status/404}: that status and no body.
 *   <li>{@code /throws}: throws {@link IllegalStateException}.
 *   <li>{@code /length}: reads the body, and replies with its length and {@link #here}.
 * </ul>
 */
@Timeout(60)
public abstract class HttpServerContract {

    /** The forms of reply, all of them 200. */
    private static final List<String> FORMS = List.of("/inside", "/later", "/worker", "/pieces");

    private HttpClient client;

    @BeforeEach
    final void openClient() {
        client = HttpClient.newBuilder().version(version()).build();
    }

    /** The adapter, registered as an extension by the test class. */
    protected abstract Woven woven();

    /** The port on which the test's server listens, on 127.0.0.1. */
    protected abstract int port();

    /** How a request ends whose handler threw: its status, and what is told of the exception, as in an event. */
    protected abstract String endOfThrowing();

    /** What the client asks for; HTTP/2 by an upgrade in clear. */
    protected HttpClient.Version version() {
        return HttpClient.Version.HTTP_1_1;
    }

    /** For handlers: {@code outside}, {@code inside} a request, or {@code inside?a=b} one with a query. */
    protected static String here() {
        Object scope = Hooks.scope();
        if (scope == null) return "outside";
        String query = scope instanceof HttpFacts request ? request.query() : null;
        return query == null ? "inside" : "inside?" + query;
    }

    protected final HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
    }

    protected final HttpResponse<String> send(HttpRequest request) throws Exception {
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    protected final CompletableFuture<HttpResponse<String>> sendAsync(HttpRequest request) {
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    protected final HttpResponse<String> get(String path) throws Exception {
        return send(request(path).build());
    }

    /** What was reported, without the moments at which replies began. */
    protected final List<String> events(int ends) throws InterruptedException {
        woven().agent().awaitEnds(ends);
        return woven().agent().events().stream()
                .filter(event -> !event.startsWith("replying"))
                .toList();
    }

    @Test
    void nothingIsHeldOfRequestsThatAreOver() throws Exception {
        woven().agent().forgetWhatIsOver();
        int rounds = 10;
        for (int i = 0; i < rounds; i++) {
            for (String form : FORMS) assertEquals(200, get(form).statusCode());
        }
        woven().agent().awaitEnds(rounds * FORMS.size());
        // A connection or a thread may know what it did last.
        long held = woven().agent().held(FORMS.size());
        assertTrue(held <= FORMS.size(), held + " are held");
    }

    @Test
    @Tag("traced-sync")
    void aRequestIsAScopeAroundItsHandler() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        woven().agent().pull(facts -> {
            HttpFacts http = (HttpFacts) facts;
            seen.add(http.scheme() + "://" + http.host() + ":" + http.port() + " from " + http.peerAddress());
            long names = http.headerNames();
            seen.add(http.header(names, "Weir-Timeout-Ms") + " " + http.header(names, "baggage") + " "
                    + http.header("nothing"));
            seen.add(http.repeatsHeader("weir-timeout-ms") + " " + http.repeatsHeader("X-Twice") + " "
                    + http.repeatsHeader("nothing"));
        });
        HttpResponse<String> response = send(request("/inside?a=%20b")
                .header("weir-timeout-ms", "70")
                .header("x-twice", "1")
                .header("x-twice", "2")
                .header("baggage", "a=1")
                .header("baggage", "b=2")
                .build());
        assertEquals("200 inside?a=%20b", response.statusCode() + " " + response.body());
        assertEquals(version(), response.version());
        assertEquals(List.of("begin served GET /inside?a=%20b", "end served GET /inside?a=%20b 200"), events(1));
        assertEquals(
                List.of("http://127.0.0.1:" + port() + " from 127.0.0.1", "70 a=1,b=2 null", "false true false"), seen);
    }

    @Test
    @Tag("traced-async")
    void whatARequestPutsOffIsInsideIt() throws Exception {
        int requests = 0;
        for (String path : FORMS) {
            String body = get(path).body();
            assertTrue(body.endsWith("inside"), () -> path + ": " + body);
            assertEquals(
                    List.of("begin served GET " + path, "end served GET " + path + " 200"),
                    events(++requests).subList(2 * requests - 2, 2 * requests));
        }
    }

    @Test
    @Tag("body")
    void readingABodyIsInsideItsRequest() throws Exception {
        HttpResponse<String> response = send(request("/length")
                .POST(HttpRequest.BodyPublishers.ofString("x".repeat(200_000)))
                .build());
        assertEquals("200000 inside", response.body());
        assertEquals(List.of("begin served POST /length", "end served POST /length 200"), events(1));
    }

    @Test
    @Tag("traced-sync")
    void theStatusIsWhatTheHandlerDecided() throws Exception {
        assertEquals(404, get("/status/404").statusCode());
        assertEquals("end served GET /status/404 404", events(1).get(1));
        assertEquals(204, get("/status/204").statusCode());
        assertEquals("end served GET /status/204 204", events(2).get(3));
    }

    @Test
    @Tag("traced-sync")
    void aHandlerThatThrowsEndsTheRequest() throws Exception {
        // Some servers answer, some leave the client to itself, and some hang up: then it would send a GET again.
        CompletableFuture<?> answer = sendAsync(
                request("/throws").POST(HttpRequest.BodyPublishers.noBody()).build());
        assertEquals("end served POST /throws " + endOfThrowing(), events(1).get(1));
        answer.cancel(true);
    }

    @Test
    @Tag("header")
    void headersOfTheReplyCanBeSetUntilItsHeadIsWritten() throws Exception {
        woven().agent().whenReplying(facts -> assertTrue(facts.setResponseHeader("weir-attempts", "3")));
        int requests = 0;
        for (String path : FORMS) {
            assertEquals(List.of("3"), get(path).headers().allValues("weir-attempts"), path);
            events(++requests);
        }
        assertEquals(List.of("3"), get("/status/204").headers().allValues("weir-attempts"));
        events(++requests);
        assertFalse(woven().agent().begun().get(0).setResponseHeader("late", "1"));
    }

    @Test
    @Tag("denial")
    void aRefusedRequestIsAnsweredWithoutTheApplication() throws Exception {
        woven().agent().deny(facts -> true);
        HttpResponse<String> response = get("/inside");
        assertEquals("503 denied by test\n", response.statusCode() + " " + response.body());
        assertTrue(response.headers().firstValue("Content-Type").orElse("").startsWith("text/plain"));
        woven().agent().denyForTime();
        assertEquals(504, get("/inside").statusCode());
        HttpRequest post = request("/length")
                .POST(HttpRequest.BodyPublishers.ofString("x".repeat(1_000)))
                .build();
        assertEquals(504, send(post).statusCode());
        assertEquals(
                List.of("begin served GET /inside", "begin served GET /inside", "begin served POST /length"),
                woven().agent().events());
        woven().agent().deny(facts -> false);
        assertEquals("inside", get("/inside").body());
        events(1);
    }

    @Test
    @Tag("unfollowed")
    void nothingChangesWhenNobodyFollows() throws Exception {
        // First one that is followed: nothing of it may stay on threads that serve the next ones.
        get("/later");
        get("/worker");
        events(2);
        woven().agent().ignore(facts -> true);
        for (String path : FORMS) assertTrue(get(path).body().endsWith("outside"), path);
        woven().agent().follow(false);
        for (String path : FORMS) assertTrue(get(path).body().endsWith("outside"), path);
        assertEquals(4, events(2).size());
    }

    @Test
    @Tag("concurrent")
    void manyRequestsAtOnce() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> responses = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            String path = FORMS.get(i % FORMS.size()) + "?" + i;
            responses.add(sendAsync(request(path).build()));
        }
        for (int i = 0; i < responses.size(); i++) {
            String body = responses.get(i).get(20, TimeUnit.SECONDS).body();
            assertTrue(body.endsWith("inside?" + i), body);
        }
        List<String> events = events(64);
        assertEquals(128, events.stream().distinct().count(), events::toString);
        assertEquals(128, events.size(), events::toString);
    }

    /** A server may keep the second one back until the first one is answered. */
    @Test
    @Tag("concurrent")
    void requestsInAPipelineAreEachInTheirContext() throws Exception {
        assumeTrue(version() == HttpClient.Version.HTTP_1_1);
        for (String form : FORMS) {
            woven().agent().forget();
            StringBuilder answers = new StringBuilder();
            try (Socket socket = new Socket("127.0.0.1", port())) {
                socket.setSoTimeout(20_000);
                String request = "GET %s?%d HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
                String both = request.formatted(form, 7) + request.formatted(form, 8);
                socket.getOutputStream().write(both.getBytes(StandardCharsets.US_ASCII));
                Reader reader = new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII);
                while (answers.indexOf("inside?8") < 0) {
                    int read = reader.read();
                    assertTrue(read >= 0, () -> form + ": " + answers);
                    answers.append((char) read);
                }
            }
            int first = answers.indexOf("inside?7");
            assertTrue(first > 0 && first < answers.indexOf("inside?8"), form + ": " + answers);
            // The first is answered before its thread is done with it, and another thread may be quicker with the
            // second.
            assertEquals(
                    List.of("end served GET " + form + "?7 200", "end served GET " + form + "?8 200"),
                    events(2).stream()
                            .filter(event -> event.startsWith("end"))
                            .sorted()
                            .toList());
        }
    }
}
