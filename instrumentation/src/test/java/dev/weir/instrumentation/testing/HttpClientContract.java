package dev.weir.instrumentation.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.HttpFacts;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * What the adapter of every HTTP client has to do, whatever the client.
 *
 * <p>A client's test class says how an application uses it, and adds what is special about it. The tags are the columns
 * of the table of library versions ({@code mvn -Pmatrix verify}).
 */
public abstract class HttpClientContract extends HttpClientFaults {

    @Test
    @Tag("traced-sync")
    void blockingCallIsSeen() throws Exception {
        assumeTrue(hasBlockingForm());
        assertEquals(new Answer(200, "ok"), send("GET", server().uri("/a?b=c"), NO_HEADERS, null));
        woven().agent().awaitEnds(1);
        assertEquals(
                503, send("GET", server().uri("/status/503"), NO_HEADERS, null).status());
        woven().agent().awaitEnds(2);
        assertEquals(
                List.of("begin GET /a?b=c", "end GET /a?b=c 200", "begin GET /status/503", "end GET /status/503 503"),
                withoutResends());
        HttpFacts facts = (HttpFacts) woven().agent().begun().get(0);
        assertEquals("http", facts.scheme());
        assertEquals("127.0.0.1", facts.host());
        assertEquals(server().uri("/").getPort(), facts.port());
    }

    @Test
    @Tag("traced-async")
    void asynchronousCallIsSeen() throws Exception {
        assumeTrue(hasAsynchronousForm());
        assertEquals(new Answer(200, "ok"), await(sendAsync("GET", server().uri("/a?b=c"), NO_HEADERS, null)));
        woven().agent().awaitEnds(1);
        assertEquals(
                List.of("begin GET /a?b=c", "end GET /a?b=c 200"),
                woven().agent().events());
    }

    @Test
    @Tag("traced-async")
    void whoIsCalledBackIsInsideWhatCausedTheCall() throws Exception {
        assumeTrue(hasAsynchronousForm());
        Call scope = scope("cause");
        Object cause = Hooks.capture();
        assertNotNull(cause);
        AtomicReference<Object> seen = new AtomicReference<>();
        CompletableFuture<Answer> future;
        try {
            future = sendAsync("GET", server().uri("/slow"), NO_HEADERS, null).whenComplete((answer, thrown) -> {
                seen.set(Hooks.capture());
            });
        } finally {
            Hooks.leave(scope);
        }
        server().release();
        await(future);
        Hooks.end(scope, 0, null);
        woven().agent().awaitEnds(2);
        assertEquals(cause, seen.get());
    }

    /** Whether anything says that a request, redirects and retries included, is over; else it is forgotten some calls later. */
    protected boolean forgetsAtOnce() {
        return true;
    }

    /** Each in a scope of its own, which is over too. */
    @Test
    void nothingIsHeldOfCallsThatAreOver() throws Exception {
        assumeTrue(forgetsAtOnce());
        woven().agent().forgetWhatIsOver();
        int rounds = 10;
        for (int i = 0; i < rounds; i++) {
            Call scope = scope("cause");
            everyForm("GET", server().uri("/a"), NO_HEADERS, null);
            Hooks.end(scope, 0, null);
        }
        woven().agent().awaitEnds(rounds * (forms() + 1));
        // A connection or a thread may know what it did last.
        long few = 2L * (forms() + 1);
        long held = woven().agent().held((int) few);
        assertTrue(held <= few, held + " are held");
    }

    @Test
    @Tag("traced-sync")
    void refusedConnectionEndsWithItsException() throws Exception {
        assumeTrue(hasBlockingForm());
        try (RefusingPort nobody = new RefusingPort()) {
            URI uri = URI.create(nobody.url("/"));
            assertThrows(failure(), () -> send("GET", uri, NO_HEADERS, null));
        }
        List<String> events = withoutResends();
        assertEquals(2, events.size(), events.toString());
        assertTrue(events.get(1).matches("end GET / \\w+"), events.toString());
    }

    @Test
    @Tag("traced-async")
    void refusedConnectionFailsTheAsynchronousForm() throws Exception {
        assumeTrue(hasAsynchronousForm() && hasConnectionsOfItsOwn());
        try (RefusingPort nobody = new RefusingPort()) {
            URI uri = URI.create(nobody.url("/"));
            assertThrows(Throwable.class, () -> await(sendAsync("GET", uri, NO_HEADERS, null)));
            woven().agent().awaitEnds(1);
        }
        List<String> events = withoutResends();
        assertTrue(events.get(1).matches("end GET / \\w+"), events.toString());
    }

    @Test
    @Tag("header")
    void headersArrive() throws Exception {
        woven().agent().pull(facts -> {
            if (!isWhole(facts)) return;
            assertEquals("mine", facts.header("X-App"));
            assertEquals("mine", facts.header(facts.headerNames(), "x-app"), "the names lack one that is there");
            assertNull(facts.header("traceparent"));
            assertTrue(facts.setHeader("traceparent", "from-weir"));
            assertEquals("from-weir", facts.header("Traceparent"));
            assertTrue(facts.replaceHeader("X-App", "replaced"));
        });
        for (Answer answer : everyForm("POST", server().uri("/echo/traceparent"), Map.of("X-App", "mine"), "body"))
            assertEquals(new Answer(200, "from-weir"), answer);
        for (Answer answer : everyForm("GET", server().uri("/echo/x-app"), Map.of("X-App", "mine"), null))
            assertEquals(new Answer(200, "replaced"), answer);
    }

    @Test
    @Tag("header")
    void responseHeadersAreFacts() throws Exception {
        for (Answer answer : everyForm("GET", server().uri("/a"), NO_HEADERS, null)) assertEquals(200, answer.status());
        woven().agent().awaitEnds(forms());
        List<CallFacts> whole =
                woven().agent().begun().stream().filter(this::isWhole).toList();
        assertEquals(forms(), whole.size());
        for (CallFacts facts : whole) {
            assertEquals("3/2/3", facts.responseHeader("weir-attempts"));
            assertTrue(
                    (facts.responseHeaderNames() & CallFacts.HeaderSet.of("Weir-Attempts")) != 0,
                    "the names lack one that is there");
            assertNull(facts.responseHeader("x-nobody-sent-this"));
        }
    }

    @Test
    @Tag("timeout")
    void limitEndsACallThatGetsNoAnswer() throws Exception {
        woven().agent().pull(facts -> assertTrue(facts.limit(200)));
        if (hasBlockingForm()) {
            assertInstanceOf(timeout(), failureOf(() -> send("GET", server().uri("/hang"), NO_HEADERS, null)));
        }
        if (hasAsynchronousForm()) {
            assertInstanceOf(
                    timeout(), failureOf(() -> await(sendAsync("GET", server().uri("/hang"), NO_HEADERS, null))));
        }
        woven().agent().awaitEnds(forms());
        for (String event : withoutResends()) {
            assertTrue(event.equals("begin GET /hang") || event.matches("end GET /hang \\w+"), event);
        }
    }

    @Test
    @Tag("timeout")
    void limitEndsABodyThatNeverEnds() throws Exception {
        // The limit is to end the body, and not what comes before it.
        everyForm("GET", server().uri("/a"), NO_HEADERS, null);
        woven().agent().pull(facts -> assertTrue(facts.limit(1_000)));
        if (hasBlockingForm()) {
            Throwable thrown = failureOf(() -> send("GET", server().uri("/drip"), NO_HEADERS, null));
            assertInstanceOf(timeout(), thrown);
            assertTrue(String.valueOf(reason(thrown).getMessage()).contains("deadline"), thrown.toString());
        }
        if (hasAsynchronousForm()) {
            Throwable thrown = failureOf(() -> await(sendAsync("GET", server().uri("/drip"), NO_HEADERS, null)));
            assertInstanceOf(timeout(), thrown);
            assertTrue(String.valueOf(reason(thrown).getMessage()).contains("deadline"), thrown.toString());
        }
        woven().agent().awaitEnds(2 * forms());
    }

    @Test
    @Tag("timeout")
    void limitThatIsNotReachedChangesNothing() throws Exception {
        woven().agent().pull(facts -> assertTrue(facts.limit(20_000)));
        for (Answer answer : everyForm("POST", server().uri("/echo-body"), NO_HEADERS, "pay 10"))
            assertEquals(new Answer(200, "pay 10"), answer);
        woven().agent().awaitEnds(forms());
    }

    @Test
    @Tag("timeout")
    void ownTimeoutIsAFact() throws Exception {
        assumeTrue(hasOwnTimeout());
        assertEquals(200, sendWithin(server().uri("/a"), 7_000).status());
        assertEquals(7_000, woven().agent().begun().get(0).callerTimeoutMillis());
        woven().agent().awaitEnds(1);
    }

    @Test
    @Tag("denial")
    void deniedBlockingCallNeverLeaves() {
        assumeTrue(hasBlockingForm());
        woven().agent().deny(facts -> true);
        Throwable thrown = failureOf(() -> send("POST", server().uri("/a"), NO_HEADERS, "pay 10"));
        assertInstanceOf(failure(), thrown);
        assertEquals("denied by test", thrown.getMessage());
        woven().agent().denyForTime();
        assertInstanceOf(timeout(), failureOf(() -> send("POST", server().uri("/a"), NO_HEADERS, "pay 10")));
        assertEquals(0, server().received());
    }

    @Test
    @Tag("denial")
    void deniedAsynchronousCallFailsTheAsynchronousWay() {
        assumeTrue(hasAsynchronousForm());
        woven().agent().deny(facts -> true);
        Throwable thrown = failureOf(() -> await(sendAsync("POST", server().uri("/a"), NO_HEADERS, "pay 10")));
        assertInstanceOf(failure(), thrown);
        assertEquals("denied by test", thrown.getMessage());
        woven().agent().denyForTime();
        assertInstanceOf(
                timeout(), failureOf(() -> await(sendAsync("POST", server().uri("/a"), NO_HEADERS, "pay 10"))));
        assertEquals(0, server().received());
    }

    @Test
    @Tag("denial")
    void callGoesOnAfterDenials() throws Exception {
        woven().agent().deny(facts -> true);
        for (int i = 0; i < 20; i++) failureOf(() -> everyForm("GET", server().uri("/a"), NO_HEADERS, null));
        woven().agent().deny(facts -> false);
        for (Answer answer : everyForm("GET", server().uri("/a"), NO_HEADERS, null)) assertEquals(200, answer.status());
        woven().agent().awaitEnds(forms());
    }

    @Test
    @Tag("wire-attempts")
    void repetitionsThatNobodyAskedForAreCounted() throws Exception {
        assumeFalse(speaksHttp2());
        try (DroppingServer dropping = DroppingServer.start()) {
            twoPosts(dropping);
            assertEquals(dropping.posts(), begun() + resent(), woven().agent().events()::toString);
            assertEquals(repeatsSilently(), resent() > 0, woven().agent().events()::toString);
        }
    }

    @Test
    @Tag("wire-attempts")
    void repetitionsThatNobodyAskedForCanBeRefused() throws Exception {
        assumeTrue(repeatsSilently() && !speaksHttp2());
        woven().agent().denyResend(facts -> true);
        try (DroppingServer dropping = DroppingServer.start()) {
            Throwable thrown = twoPosts(dropping);
            assertNotNull(thrown);
            assertInstanceOf(failure(), thrown);
            boolean told = String.valueOf(thrown.getMessage()).contains("resend denied by test");
            assertEquals(tellsWhyARepetitionFailed(), told, thrown.toString());
            assertEquals(2, dropping.posts());
        }
    }

    @Test
    @Tag("body")
    void bodiesInMemoryAreReadWithoutConsumingThem() throws Exception {
        assumeTrue(hasReplayableBodies());
        List<byte[]> seen = new ArrayList<>();
        woven().agent().pull(facts -> {
            if (!isWhole(facts)) return;
            HttpFacts http = (HttpFacts) facts;
            assertEquals(6, http.bodyLength());
            assertNull(http.replayableBody(5));
            seen.add(http.replayableBody(64));
        });
        for (Answer answer : everyForm("POST", server().uri("/echo-body"), NO_HEADERS, "pay 10"))
            assertEquals(new Answer(200, "pay 10"), answer);
        assertEquals(forms(), seen.size());
        for (byte[] body : seen) assertArrayEquals("pay 10".getBytes(StandardCharsets.UTF_8), body);
        woven().agent().awaitEnds(forms());
    }

    @Test
    @Tag("body")
    void bodiesThatCanBeReadOnceAreLeftAlone() throws Exception {
        List<byte[]> seen = new ArrayList<>();
        woven().agent().pull(facts -> {
            if (isWhole(facts)) seen.add(((HttpFacts) facts).replayableBody(64));
        });
        Answer answer = sendOnce(
                server().uri("/echo-body"), new ByteArrayInputStream("pay 10".getBytes(StandardCharsets.UTF_8)));
        assertEquals(new Answer(200, "pay 10"), answer);
        assertEquals(1, seen.size());
        assertNull(seen.get(0));
        woven().agent().awaitEnds(1);
    }

    @Test
    @Tag("concurrent")
    void concurrentCallsKeepApart() throws Exception {
        woven().agent().pull(facts -> assertTrue(facts.setHeader("traceparent", ((HttpFacts) facts).query() + "")));
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                String mark = "n=" + i;
                running.add(threads.submit(() -> {
                    for (Answer answer : everyForm("GET", server().uri("/echo/traceparent?" + mark), NO_HEADERS, null))
                        assertEquals(new Answer(200, mark), answer);
                    return null;
                }));
            }
            for (Future<?> each : running) each.get(120, TimeUnit.SECONDS);
        } finally {
            threads.shutdownNow();
        }
        woven().agent().awaitEnds(64 * forms());
    }

    @Test
    @Tag("unfollowed")
    void whatIsNotFollowedRunsAsEver() throws Exception {
        woven().agent().ignore(facts -> true);
        for (Answer answer : everyForm("POST", server().uri("/echo-body"), NO_HEADERS, "pay 10"))
            assertEquals(new Answer(200, "pay 10"), answer);
        assertEquals(List.of(), woven().agent().events());
    }

    private @Nullable Throwable twoPosts(DroppingServer dropping) throws Exception {
        assertEquals(200, post(dropping).status());
        try {
            post(dropping);
            return null;
        } catch (Exception e) {
            return e;
        } finally {
            woven().agent().awaitEnds(2);
        }
    }

    private Answer post(DroppingServer dropping) throws Exception {
        return hasBlockingForm()
                ? send("POST", dropping.uri(), NO_HEADERS, "pay 10")
                : await(sendAsync("POST", dropping.uri(), NO_HEADERS, "pay 10"));
    }

    private static Throwable failureOf(Executable call) {
        return assertThrows(Throwable.class, call);
    }
}
