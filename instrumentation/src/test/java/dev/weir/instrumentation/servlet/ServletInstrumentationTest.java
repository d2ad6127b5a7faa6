package dev.weir.instrumentation.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.instrumentation.servlet.IsolatedContainer.Kind;
import dev.weir.instrumentation.testing.HttpServerContract;
import dev.weir.instrumentation.testing.Woven;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Each container serves what every server's test asks for, and web applications of more kinds. */
@ParameterizedClass
@EnumSource(Kind.class)
class ServletInstrumentationTest extends HttpServerContract {

    private static final Map<Kind, IsolatedContainer> RUNNING = new EnumMap<>(Kind.class);

    @TempDir
    static Path folder;

    @RegisterExtension
    final Woven woven = new Woven(new ServletInstrumentation());

    @Parameter
    Kind kind;

    private IsolatedContainer container;

    @BeforeEach
    void start() throws Exception {
        container = RUNNING.get(kind);
        if (container != null) return;
        container = IsolatedContainer.start(kind, Files.createDirectory(folder.resolve(kind.name())));
        RUNNING.put(kind, container);
    }

    @AfterAll
    static void stop() throws Exception {
        for (IsolatedContainer container : RUNNING.values()) container.close();
        RUNNING.clear();
    }

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected int port() {
        return container.port();
    }

    @Override
    protected String endOfThrowing() {
        return "500 IllegalStateException";
    }

    private void assertEnds(String path, int status, String end) throws Exception {
        int before = (int) woven.agent().events().stream()
                .filter(event -> event.startsWith("end"))
                .count();
        assertEquals(status, get(path).statusCode(), path);
        List<String> events = events(before + 1);
        assertEquals(
                List.of("begin served GET " + path, ("end served GET " + path + " " + end)),
                events.subList(events.size() - 2, events.size()));
    }

    @Test
    void statusIsWhatTheServletDecided() throws Exception {
        assertEnds("/ends/created", 201, "201");
        assertEnds("/ends/nothing", 204, "204");
        assertEnds("/ends/flushed", 202, "202");
        assertEnds("/ends/elsewhere", 302, "302");
    }

    @Test
    void errorPagesBelongToTheirRequest() throws Exception {
        assertEnds("/ends/missing", 404, "404");
        assertEnds("/ends/throws", 500, "500 IllegalStateException");
        assertEnds("/ends/wraps", 500, "500 UnsupportedOperationException");
    }

    @Test
    void anErrorPageOfTheApplicationIsInsideItsRequest() throws Exception {
        HttpResponse<String> response = get("/ends/gone");
        assertEquals("410 ERROR inside\n", response.statusCode() + " " + response.body());
        assertEquals(List.of("begin served GET /ends/gone", "end served GET /ends/gone 410"), events(1));
    }

    @Test
    void anExceptionAfterTheHeadKeepsItsStatus() throws Exception {
        sendAsync(request("/ends/too-late").build())
                .handle((response, thrown) -> "")
                .get(20, TimeUnit.SECONDS);
        assertEquals(
                "end served GET /ends/too-late 200 IllegalStateException",
                events(1).get(1));
    }

    @Test
    void forwardsAndIncludesDoNotDouble() throws Exception {
        assertEquals("FORWARD inside\n", get("/goes-on/forward").body());
        events(1);
        assertEquals("INCLUDE inside\n", get("/goes-on/include").body());
        assertEquals(
                List.of(
                        "begin served GET /goes-on/forward",
                        "end served GET /goes-on/forward 200",
                        "begin served GET /goes-on/include",
                        "end served GET /goes-on/include 200"),
                events(2));
    }

    @Test
    void replyHeadersCanBeSetWhateverBeginsTheReply() throws Exception {
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
            HttpResponse<String> response = get(path);
            assertEquals(List.of("3"), response.headers().allValues("weir-attempts"), path);
            events(++requests);
        }
        assertFalse(woven.agent().begun().get(0).setResponseHeader("late", "1"));
        assertEquals(null, woven.agent().begun().get(0).header("Host"));
    }

    @Test
    void anAsynchronousRequestEndsWhenItIsComplete() throws Exception {
        assertEquals("async inside\n", get("/async/task").body());
        assertEquals("end served GET /async/task 200", events(1).get(1));
        assertEquals("async outside\n", get("/async/thread").body());
        assertEquals("end served GET /async/thread 200", events(2).get(3));
        assertEquals("async inside\n", get("/async/at-once").body());
        assertEquals("end served GET /async/at-once 200", events(3).get(5));
    }

    @Test
    void anAsynchronousDispatchIsInsideItsRequest() throws Exception {
        assertEquals("ASYNC inside\n", get("/async/dispatch").body());
        assertEquals(List.of("begin served GET /async/dispatch", "end served GET /async/dispatch 200"), events(1));
        HttpResponse<String> again = get("/async/again");
        assertEquals("203 async inside\n", again.statusCode() + " " + again.body());
        assertEquals("end served GET /async/again 203", events(2).get(3));
    }

    @Test
    void anAsynchronousRequestThatFailsEnds() throws Exception {
        assertEnds("/async/timeout", 500, "500");
        assertEquals(500, get("/async/throws").statusCode());
        String end = events(2).get(3);
        assertTrue(end.startsWith("end served GET /async/throws 500"), end);
    }

    @Test
    void aListenerOfTheApplicationMayAnswerInTime() throws Exception {
        assertEnds("/async/listener", 504, "504");
    }

    @Test
    void readingAndWritingWithoutBlockingIsInsideItsRequest() throws Exception {
        HttpRequest post = request("/bytes/both")
                .POST(HttpRequest.BodyPublishers.ofString("x".repeat(100_000)))
                .build();
        HttpResponse<String> response = send(post);
        assertEquals("100000 bytes read inside, written inside\n", response.body());
        assertEquals(List.of("begin served POST /bytes/both", "end served POST /bytes/both 200"), events(1));
    }
}
