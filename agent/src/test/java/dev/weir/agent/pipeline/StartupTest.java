package dev.weir.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.agent.export.SpanRecord;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.ProcessFacts;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One process starts another. */
class StartupTest {

    private static final class Started extends ProcessFacts {

        private final Map<String, String> environment = new HashMap<>();

        Started(String... command) {
            super("test", command);
        }

        @Override
        public @Nullable String header(String name) {
            return environment.get(name.toUpperCase(Locale.ROOT));
        }

        @Override
        public boolean setHeader(String name, String value) {
            if (!name.equals("traceparent") && !name.equals("tracestate") && !name.equals("baggage")) return false;
            environment.put(name.toUpperCase(Locale.ROOT), value);
            return true;
        }
    }

    private final PipelineFixture one = new PipelineFixture();
    private PipelineFixture other = new PipelineFixture();

    @AfterEach
    void leave() {
        other.pipeline.exit(null);
    }

    private Call request() {
        Call request = one.pipeline.begin(Sent.received("POST", "http://localhost/run")
                .header("baggage", "weir.op=0123456789abcdef0123456789abcdef,tenant=7")
                .header("weir-timeout-ms", "60000"));
        assertNotNull(request);
        return request;
    }

    private Started start(String... command) {
        Started started = new Started(command);
        one.pipeline.end(one.pipeline.begin(started), 0, null, null);
        return started;
    }

    /** What the new process's main thread does first. */
    private SpanRecord startedCalls(Started started) {
        other = new PipelineFixture();
        other.pipeline.startedBy(started.environment);
        return other.call(PipelineFixture.pay(), 200);
    }

    @Test
    void theStartedProcessGoesOnWithTheTrace() {
        Call request = request();
        Started started = start("/usr/bin/java", "-jar", "server.jar");
        SpanRecord start = one.last();
        SpanRecord call = startedCalls(started);
        one.pipeline.end(request, 200, null, null);
        assertEquals(CallFacts.Kind.PROCESS, start.kind);
        assertEquals("java", start.target);
        assertEquals(start.traceLow, call.traceLow);
        assertEquals(start.traceHigh, call.traceHigh);
        assertEquals(start.spanId, call.parentSpanId);
        assertTrue(call.remainingMillis > 0 && call.remainingMillis <= 60_000, () -> "left " + call.remainingMillis);
        assertEquals("1.1", call.attemptPath);
        Sent further = PipelineFixture.pay();
        other.call(further, 200);
        assertTrue(further.headers.getOrDefault("baggage", "").contains("tenant=7"), further.headers::toString);
    }

    @Test
    void whatTwoProcessesDoStaysTwo() {
        Call request = request();
        SpanRecord own = one.call(PipelineFixture.pay(), 200);
        SpanRecord first = startedCalls(start("charge"));
        SpanRecord second = startedCalls(start("charge"));
        one.pipeline.end(request, 200, null, null);
        assertNotEquals(own.idempotencyKey, first.idempotencyKey);
        assertNotEquals(first.idempotencyKey, second.idempotencyKey);
    }

    @Test
    void aProcessThatIsStartedAgainBecauseItsCallerIsTriedAgainHasTheSameKeys() {
        Call request = request();
        SpanRecord first = startedCalls(start("charge"));
        one.pipeline.end(request, 503, null, null);
        request = request();
        SpanRecord again = startedCalls(start("charge"));
        one.pipeline.end(request, 200, null, null);
        assertEquals(first.idempotencyKey, again.idempotencyKey);
    }

    @Test
    void whoeverServesIsNotBoundByItsStart() {
        Call request = request();
        Started started = start("server");
        one.pipeline.end(request, 200, null, null);
        SpanRecord before = startedCalls(started);
        other.pipeline.end(other.pipeline.begin(Sent.received("GET", "http://localhost/")), 200, null, null);
        SpanRecord after = other.call(PipelineFixture.pay(), 200);
        assertNotEquals(before.traceLow, after.traceLow);
        assertEquals(Integer.MAX_VALUE, after.remainingMillis);
        assertNull(other.pipeline.capture());
    }

    @Test
    void aRequestToTheStartedProcessIsNotCausedByItsStart() {
        Call request = request();
        Started started = start("server");
        one.pipeline.end(request, 200, null, null);
        other.pipeline.startedBy(started.environment);
        other.pipeline.end(other.pipeline.begin(Sent.received("GET", "http://localhost/")), 200, null, null);
        assertEquals(0, other.last().parentSpanId);
    }

    @Test
    void nothingGoesAlongWithoutACause() {
        assertNull(one.pipeline.begin(new Started("env")));
        assertTrue(one.records.isEmpty());
    }

    @Test
    void anEnvironmentThatSaysNothingSensibleIsIgnored() {
        Map<String, String> environment = new HashMap<>();
        other.pipeline.startedBy(environment);
        assertNull(other.pipeline.capture());
        environment.put("TRACEPARENT", "made up");
        environment.put("BAGGAGE", "weir.op=\n,weir.deadline=tomorrow");
        other.pipeline.startedBy(environment);
        assertNull(other.pipeline.capture());
        assertTrue(other.pipeline.malformedHeaders() > 0);
        other.call(PipelineFixture.pay(), 200);
        assertEquals(0, other.last().parentSpanId);
    }

    /** Another agent, or a build server, may have written it. */
    @Test
    void aTraceWithoutOurBaggageIsJoined() {
        other.pipeline.startedBy(Map.of("TRACEPARENT", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
        SpanRecord call = other.call(PipelineFixture.pay(), 200);
        assertEquals(0x0af7651916cd43ddL, call.traceHigh);
        assertEquals(0xb7ad6b7169203331L, call.parentSpanId);
        assertEquals(Integer.MAX_VALUE, call.remainingMillis);
    }
}
