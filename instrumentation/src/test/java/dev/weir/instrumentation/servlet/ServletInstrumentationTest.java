package dev.weir.instrumentation.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.servlet.IsolatedContainer.Kind;
import dev.weir.instrumentation.testing.Woven;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
class ServletInstrumentationTest {

    private static final Map<Kind, IsolatedContainer> RUNNING = new EnumMap<>(Kind.class);

    @TempDir
    static Path folder;

    @RegisterExtension
    final Woven woven = new Woven(new ServletInstrumentation());

    private final HttpClient client = HttpClient.newHttpClient();

    @AfterAll
    static void stop() throws Exception {
        for (IsolatedContainer container : RUNNING.values()) container.close();
        RUNNING.clear();
    }

    private static IsolatedContainer running(Kind kind) throws Exception {
        IsolatedContainer container = RUNNING.get(kind);
        if (container == null) {
            container = IsolatedContainer.start(kind, Files.createDirectory(folder.resolve(kind.name())));
            RUNNING.put(kind, container);
        }
        return container;
    }

    private static HttpRequest.Builder request(Kind kind, String path) throws Exception {
        return HttpRequest.newBuilder(URI.create(running(kind).url(path)));
    }

    private HttpResponse<String> get(Kind kind, String path) throws Exception {
        return client.send(request(kind, path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private List<String> events(int ends) throws InterruptedException {
        woven.agent().awaitEnds(ends);
        return woven.agent().events().stream()
                .filter(event -> !event.startsWith("replying"))
                .toList();
    }

    private void assertEnds(Kind kind, String path, int status, String end) throws Exception {
        int before = (int) woven.agent().events().stream()
                .filter(event -> event.startsWith("end"))
                .count();
        assertEquals(status, get(kind, path).statusCode(), path);
        List<String> events = events(before + 1);
        assertEquals(
                List.of("begin served GET " + path, ("end served GET " + path + " " + end)),
                events.subList(events.size() - 2, events.size()));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void filtersAndServletTogetherAreOneRequest(Kind kind) throws Exception {
        List<String> seen = new ArrayList<>();
        woven.agent().pull(facts -> {
            HttpFacts http = (HttpFacts) facts;
            seen.add(http.scheme() + "://" + http.host() + ":" + http.port());
            seen.add(http.header("Weir-Timeout-Ms") + " from " + http.peerAddress());
            seen.add(http.header("baggage") + " and " + http.header("nothing"));
            seen.add(http.repeatsHeader("weir-timeout-ms") + " " + http.repeatsHeader("X-Twice"));
        });
        HttpResponse<String> response = client.send(
                request(kind, "/echo?a=%20b")
                        .header("weir-timeout-ms", "70")
                        .header("x-twice", "1")
                        .header("x-twice", "2")
                        .header("baggage", "a=1")
                        .header("baggage", "b=2")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals("REQUEST inside\n", response.body());
        assertEquals(List.of("begin served GET /echo?a=%20b", "end served GET /echo?a=%20b 200"), events(1));
        assertEquals(List.of(running(kind).url(""), "70 from 127.0.0.1", "a=1,b=2 and null", "false true"), seen);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void statusIsWhatTheServletDecided(Kind kind) throws Exception {
        assertEnds(kind, "/ends/created", 201, "201");
        assertEnds(kind, "/ends/nothing", 204, "204");
        assertEnds(kind, "/ends/flushed", 202, "202");
        assertEnds(kind, "/ends/elsewhere", 302, "302");
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void errorPagesBelongToTheirRequest(Kind kind) throws Exception {
        assertEnds(kind, "/ends/missing", 404, "404");
        assertEnds(kind, "/ends/throws", 500, "500 IllegalStateException");
        assertEnds(kind, "/ends/wraps", 500, "500 UnsupportedOperationException");
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void anErrorPageOfTheApplicationIsInsideItsRequest(Kind kind) throws Exception {
        HttpResponse<String> response = get(kind, "/ends/gone");
        assertEquals("410 ERROR inside\n", response.statusCode() + " " + response.body());
        assertEquals(List.of("begin served GET /ends/gone", "end served GET /ends/gone 410"), events(1));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void anExceptionAfterTheHeadKeepsItsStatus(Kind kind) throws Exception {
        client.sendAsync(request(kind, "/ends/too-late").build(), HttpResponse.BodyHandlers.ofString())
                .handle((response, thrown) -> "")
                .get(20, TimeUnit.SECONDS);
        assertEquals(
                "end served GET /ends/too-late 200 IllegalStateException",
                events(1).get(1));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void forwardsAndIncludesDoNotDouble(Kind kind) throws Exception {
        assertEquals("FORWARD inside\n", get(kind, "/goes-on/forward").body());
        events(1);
        assertEquals("INCLUDE inside\n", get(kind, "/goes-on/include").body());
        assertEquals(
                List.of(
                        "begin served GET /goes-on/forward",
                        "end served GET /goes-on/forward 200",
                        "begin served GET /goes-on/include",
                        "end served GET /goes-on/include 200"),
                events(2));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void replyHeadersCanBeSetWhateverBeginsTheReply(Kind kind) throws Exception {
        woven.agent().whenReplying(facts -> facts.setResponseHeader("weir-attempts", "3"));
        int requests = 0;
        for (String path : List.of(
                "/echo",
                "/ends/created",
                "/ends/nothing",
                "/ends/flushed",
                "/ends/elsewhere",
                "/goes-on/forward",
                "/async/task",
                "/async/dispatch")) {
            HttpResponse<String> response = get(kind, path);
            assertEquals(List.of("3"), response.headers().allValues("weir-attempts"), path);
            events(++requests);
        }
        assertFalse(woven.agent().begun().get(0).setResponseHeader("late", "1"));
        assertEquals(null, woven.agent().begun().get(0).header("Host"));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void anAsynchronousRequestEndsWhenItIsComplete(Kind kind) throws Exception {
        assertEquals("async inside\n", get(kind, "/async/task").body());
        assertEquals("end served GET /async/task 200", events(1).get(1));
        assertEquals("async outside\n", get(kind, "/async/thread").body());
        assertEquals("end served GET /async/thread 200", events(2).get(3));
        assertEquals("async inside\n", get(kind, "/async/at-once").body());
        assertEquals("end served GET /async/at-once 200", events(3).get(5));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void anAsynchronousDispatchIsInsideItsRequest(Kind kind) throws Exception {
        assertEquals("ASYNC inside\n", get(kind, "/async/dispatch").body());
        assertEquals(List.of("begin served GET /async/dispatch", "end served GET /async/dispatch 200"), events(1));
        HttpResponse<String> again = get(kind, "/async/again");
        assertEquals("203 async inside\n", again.statusCode() + " " + again.body());
        assertEquals("end served GET /async/again 203", events(2).get(3));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void anAsynchronousRequestThatFailsEnds(Kind kind) throws Exception {
        assertEnds(kind, "/async/timeout", 500, "500");
        assertEquals(500, get(kind, "/async/throws").statusCode());
        String end = events(2).get(3);
        assertTrue(end.startsWith("end served GET /async/throws 500"), end);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aListenerOfTheApplicationMayAnswerInTime(Kind kind) throws Exception {
        assertEnds(kind, "/async/listener", 504, "504");
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void readingAndWritingWithoutBlockingIsInsideItsRequest(Kind kind) throws Exception {
        HttpRequest post = request(kind, "/bytes/both")
                .POST(HttpRequest.BodyPublishers.ofString("x".repeat(100_000)))
                .build();
        HttpResponse<String> response = client.send(post, HttpResponse.BodyHandlers.ofString());
        assertEquals("100000 bytes read inside, written inside\n", response.body());
        assertEquals(List.of("begin served POST /bytes/both", "end served POST /bytes/both 200"), events(1));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aRefusedRequestIsAnsweredWithoutTheApplication(Kind kind) throws Exception {
        woven.agent().deny(facts -> true);
        HttpResponse<String> response = get(kind, "/echo");
        assertEquals("503 denied by test\n", response.statusCode() + " " + response.body());
        assertTrue(response.headers().firstValue("Content-Type").orElse("").startsWith("text/plain"));
        woven.agent().denyForTime();
        assertEquals(504, get(kind, "/echo").statusCode());
        assertEquals(
                List.of("begin served GET /echo", "begin served GET /echo"),
                woven.agent().events());
        woven.agent().deny(facts -> false);
        assertEquals("REQUEST inside\n", get(kind, "/echo").body());
        events(1);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void nothingChangesWhenNobodyFollows(Kind kind) throws Exception {
        woven.agent().ignore(facts -> true);
        assertEquals("REQUEST outside\n", get(kind, "/echo").body());
        assertEquals("ASYNC outside\n", get(kind, "/async/dispatch").body());
        woven.agent().follow(false);
        assertEquals("async outside\n", get(kind, "/async/task").body());
        assertEquals(List.of(), woven.agent().events());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void manyRequestsAtOnce(Kind kind) throws Exception {
        List<String> paths = List.of("/echo", "/async/task", "/async/dispatch", "/ends/missing", "/ends/nothing");
        List<CompletableFuture<HttpResponse<String>>> responses = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            String path = paths.get(i % paths.size()) + "?" + i;
            responses.add(client.sendAsync(request(kind, path).build(), HttpResponse.BodyHandlers.ofString()));
        }
        for (CompletableFuture<HttpResponse<String>> response : responses) response.get(20, TimeUnit.SECONDS);
        List<String> events = events(60);
        assertEquals(
                60,
                events.stream().filter(e -> e.startsWith("begin")).distinct().count());
        assertEquals(
                60, events.stream().filter(e -> e.startsWith("end")).distinct().count());
        assertEquals(120, events.size());
    }
}
