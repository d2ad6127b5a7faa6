package dev.weir.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.agent.context.Hex;
import dev.weir.agent.context.TraceParent;
import dev.weir.agent.export.SpanRecord;
import dev.weir.agent.rules.Mode;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.ScopeFacts;
import dev.weir.bootstrap.SqlFacts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallPipelineTest {

    private final PipelineFixture fixture = new PipelineFixture();
    private final CallPipeline pipeline = fixture.pipeline;

    private SpanRecord call(Sent sent, int status) {
        return call(pipeline, fixture, sent, status);
    }

    private static SpanRecord call(CallPipeline pipeline, PipelineFixture fixture, Sent sent, int status) {
        Call call = pipeline.begin(sent);
        pipeline.end(call, status, null, null);
        return fixture.last();
    }

    private static Sent pay() {
        return Sent.to("POST", "http://pay/charge", "10 EUR");
    }

    // ---- attempts and operations

    @Test
    void repeatAfterFailureIsTheNextAttempt() {
        SpanRecord first = call(pay(), 503);
        SpanRecord second = call(pay(), 200);
        assertEquals(1, first.attempt);
        assertEquals(2, second.attempt);
        assertEquals(first.operationLow, second.operationLow);
        assertEquals(first.traceLow, second.traceLow, "attempts of one operation stand in one trace");
        assertEquals(first.idempotencyKey, second.idempotencyKey);
    }

    @Test
    void repeatAfterSuccessIsAnotherOperation() {
        SpanRecord first = call(pay(), 200);
        SpanRecord second = call(pay(), 200);
        assertEquals(1, second.attempt);
        assertNotEquals(first.operationLow, second.operationLow);
        assertNotEquals(first.idempotencyKey, second.idempotencyKey);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 202, 301, 400, 401, 404, 409, 422})
    void definitiveAnswersSettle(int status) {
        Sent sent = Sent.to("GET", "http://pay/poll", "");
        call(sent, status);
        assertEquals(1, call(Sent.to("GET", "http://pay/poll", ""), 200).attempt);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 408, 425, 429, 500, 502, 503, 504})
    void otherAnswersDoNot(int status) {
        call(Sent.to("GET", "http://pay/poll", ""), status);
        assertEquals(2, call(Sent.to("GET", "http://pay/poll", ""), 200).attempt);
    }

    @Test
    void conflictDoesNotSettleWhenAKeyWasSent() {
        call(pay(), 409);
        assertEquals(2, call(pay(), 200).attempt);
    }

    @Test
    void otherBodyIsAnotherOperation() {
        call(pay(), 503);
        assertEquals(1, call(Sent.to("POST", "http://pay/charge", "11 EUR"), 200).attempt);
    }

    @Test
    void innerHalfOfACallIsNotAnother() {
        Call outer = pipeline.begin(pay());
        assertNull(pipeline.begin(pay()));
        assertFalse(pipeline.follows(CallFacts.Kind.HTTP_CLIENT));
        assertTrue(pipeline.follows(CallFacts.Kind.SQL));
        Call sql = pipeline.begin(new Statement("select 1"));
        assertNotNull(sql);
        assertNull(pipeline.begin(pay()), "an HTTP call inside a statement inside an HTTP call");
        pipeline.end(sql, 0, null, null);
        pipeline.end(outer, 200, null, null);
        assertTrue(pipeline.follows(CallFacts.Kind.HTTP_CLIENT));
    }

    @Test
    void onlyTheFirstEndCounts() {
        Call call = pipeline.begin(pay());
        pipeline.end(call, 200, null, null);
        pipeline.end(call, 503, null, new IOException());
        assertEquals(1, fixture.records.size());
        assertEquals(200, fixture.last().status);
    }

    @Test
    void withdrawnCallLeavesNoTrace() {
        Call call = pipeline.begin(pay());
        pipeline.withdraw(call);
        assertEquals(List.of(), fixture.records);
        SpanRecord next = call(pay(), 200);
        assertEquals(1, next.attempt);
        assertEquals(1, next.operations);
    }

    // ---- context

    @Test
    void contextIsPutBackEvenWhenACallNeverEnds() {
        Call request = pipeline.begin(Sent.received("GET", "http://me/x"));
        Object inside = pipeline.capture();
        pipeline.begin(pay()); // advice failed, and its end never comes
        assertSame(inside, pipeline.capture());
        pipeline.end(request, 200, null, null);
        assertNull(pipeline.capture());
    }

    @Test
    void leavingOnAnotherThreadChangesNothingThere() throws Exception {
        Call call = pipeline.begin(pay());
        Thread other = new Thread(() -> {
            Object previous = pipeline.enter(null);
            pipeline.end(call, 200, null, null);
            pipeline.exit(previous);
        });
        other.start();
        other.join();
        assertEquals(1, fixture.records.size());
        pipeline.leave(call);
        assertNull(pipeline.open());
    }

    @Test
    void requestJoinsTheCallersTraceAndPassesItOn() {
        String trace = "0af7651916cd43dd8448eb211c80319c";
        Call request = pipeline.begin(Sent.received("GET", "http://me/x")
                .header("traceparent", "00-" + trace + "-b7ad6b7169203331-01")
                .header("tracestate", "vendor=1")
                .header("baggage", "user=7,weir.op=0123456789abcdef0123456789abcdef,weir.attempt=2.3"));
        Sent out = pay();
        SpanRecord client = call(out, 200);
        pipeline.end(request, 200, null, null);
        SpanRecord server = fixture.last();
        assertEquals(trace, Hex.of(server.traceHigh, server.traceLow));
        assertEquals("b7ad6b7169203331", Hex.of(server.parentSpanId));
        assertEquals(server.spanId, client.parentSpanId);
        assertEquals("2.3", server.attemptPath);
        assertEquals("2.3.1", client.attemptPath);
        assertEquals("0123456789abcdef0123456789abcdef", Hex.of(server.operationHigh, server.operationLow));
        assertEquals(
                TraceParent.format(client.traceHigh, client.traceLow, client.spanId, (byte) 1),
                out.headers.get("traceparent"));
        assertEquals("vendor=1", out.headers.get("tracestate"));
        assertTrue(out.headers.get("baggage").endsWith(",user=7"), out.headers.get("baggage"));
    }

    @Test
    void headersThatAreSetStay() {
        Sent out = pay().header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .header("baggage", "mine=1");
        SpanRecord record = call(out, 200);
        assertEquals("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", out.headers.get("traceparent"));
        assertTrue(out.headers.get("baggage").startsWith("mine=1,weir.op="));
        assertEquals("0af7651916cd43dd8448eb211c80319c", Hex.of(record.traceHigh, record.traceLow));
        assertEquals("b7ad6b7169203331", Hex.of(record.parentSpanId));
    }

    @Test
    void foreignHostsGetTraceAndKeyOnly() {
        Sent out = Sent.to("POST", "https://api.example.com/charge", "10");
        out.callerTimeout = 5_000;
        call(out, 200);
        assertEquals(Set.of("traceparent", "Idempotency-Key"), out.headers.keySet());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00-",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "garbage",
                "00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-01",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-extra",
                "00-ünïcode",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0"
            })
    void malformedTraceparentStartsATraceOfItsOwn(String header) {
        Call request = pipeline.begin(Sent.received("GET", "http://me/x").header("traceparent", header));
        assertNotNull(request);
        pipeline.end(request, 200, null, null);
        assertEquals(0, fixture.last().parentSpanId);
        assertEquals(0, fixture.log.failures());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1e9", "99999999999999999999", "NaN", " ", "5 0", "0x10", "12;13"})
    void malformedDeadlineIsNone(String header) {
        Call request = pipeline.begin(Sent.received("GET", "http://me/x").header("weir-timeout-ms", header));
        pipeline.end(request, 200, null, null);
        assertEquals(Long.MAX_VALUE, fixture.last().remainingMillis);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "weir.op=short",
                "weir.op=../../etc,weir.attempt=1x;y",
                "weir.attempt=<script>",
                "=,=,=;;;",
                "weir.op=\u0007",
                "weir.attempt=9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9"
            })
    void hostileBaggageIsNotUsed(String header) {
        Call request = pipeline.begin(Sent.received("GET", "http://me/x").header("baggage", header));
        Sent out = pay();
        call(out, 200);
        pipeline.end(request, 200, null, null);
        assertEquals("", fixture.last().attemptPath);
        assertFalse(out.headers.get("baggage").contains("script"));
        assertEquals(0, fixture.log.failures());
    }

    @Test
    void oversizedBaggageIsNotPassedOn() {
        Call request = pipeline.begin(Sent.received("GET", "http://me/x").header("baggage", "a=" + "b".repeat(9_000)));
        Sent out = pay();
        call(out, 200);
        pipeline.end(request, 200, null, null);
        assertTrue(out.headers.get("baggage").length() < 300);
    }

    @Test
    void strangersAreNotBelieved() {
        Sent request = Sent.received("GET", "http://me/x")
                .header("weir-timeout-ms", "1")
                .header("baggage", "weir.op=0123456789abcdef0123456789abcdef,weir.attempt=7");
        request.peer = "203.0.113.9";
        Call call = pipeline.begin(request);
        pipeline.replying(call);
        pipeline.end(call, 200, null, null);
        SpanRecord record = fixture.last();
        assertEquals(Long.MAX_VALUE, record.remainingMillis);
        assertEquals("", record.attemptPath);
        assertNotEquals("0123456789abcdef0123456789abcdef", Hex.of(record.operationHigh, record.operationLow));
        assertNull(request.responseHeaders.get("weir-attempts"));
    }

    // ---- deadline

    @Test
    void deadlineComesFromTheCallersOwnTimeout() {
        Sent out = pay();
        out.callerTimeout = 2_000;
        call(out, 200);
        assertEquals("2000", out.headers.get("weir-timeout-ms"));
    }

    @Test
    void tighterOfInheritedAndOwnWins() {
        Call request = pipeline.begin(Sent.received("GET", "http://me/x").header("weir-timeout-ms", "60000"));
        Sent out = pay();
        out.callerTimeout = 100_000;
        call(out, 200);
        long left = Long.parseLong(out.headers.get("weir-timeout-ms"));
        assertTrue(left <= 60_000 && left > 1_000, "" + left);
        assertEquals(0, out.limited, "observe pulls no lever");
        pipeline.end(request, 200, null, null);
    }

    @Test
    void enforcedDeadlineLimitsAndRefuses() {
        fixture.enforcing();
        Call request = pipeline.begin(Sent.received("GET", "http://me/x").header("grpc-timeout", "60S"));
        Sent out = pay();
        call(out, 200);
        assertTrue(out.limited > 0 && out.limited <= 60_000);
        pipeline.end(request, 200, null, null);
        Sent late = Sent.received("GET", "http://me/x").header("weir-timeout-ms", "0");
        Call.Denied denied = assertInstanceOf(Call.Denied.class, pipeline.begin(late));
        assertTrue(denied.timeout());
        assertTrue(denied.message().contains("deadline") && denied.message().contains("-Dweir.rule.deadline=observe"));
        assertNull(pipeline.capture());
    }

    @Test
    void missingLeverIsSaid() {
        fixture.enforcing();
        Sent out = pay();
        out.levers = false;
        SpanRecord record = call(out, 200);
        assertEquals("idempotency-key not-enforced", outcomes(record));
    }

    @Test
    void missingTimeoutLeverIsSaidOfACallThatOutlastsItsDeadline() {
        fixture.enforcing();
        Call request = pipeline.begin(Sent.received("GET", "http://me/x").header("weir-timeout-ms", "500"));
        long passed = System.nanoTime() + 501_000_000;
        Sent inTime = Sent.to("GET", "http://pay/poll", "");
        inTime.levers = false;
        SpanRecord quick = call(inTime, 200);
        assertNull(quick.verdicts);
        Sent late = Sent.to("GET", "http://pay/wait", "");
        late.levers = false;
        Call call = pipeline.begin(late);
        while (System.nanoTime() - passed < 0) Thread.onSpinWait();
        pipeline.end(call, 200, null, null);
        assertEquals("deadline not-enforced", outcomes(fixture.last()));
        pipeline.end(request, 200, null, null);
    }

    private static String outcomes(SpanRecord record) {
        List<String> outcomes = new ArrayList<>();
        for (SpanRecord.Verdict verdict : record.verdicts) outcomes.add(verdict.rule() + " " + verdict.outcome());
        return String.join(", ", outcomes);
    }

    // ---- idempotency-key

    @Test
    void applicationsKeyIsKeptInObserveAndPinnedInEnforce() {
        call(pay().header("Idempotency-Key", "k1"), 503);
        Sent second = pay().header("Idempotency-Key", "k2");
        SpanRecord observed = call(second, 503);
        assertEquals("k2", second.headers.get("Idempotency-Key"));
        assertEquals("would-mark", observed.verdicts.get(0).outcome());
        fixture.enforcing();
        Sent third = pay().header("Idempotency-Key", "k3");
        call(third, 200);
        assertEquals("k1", third.headers.get("Idempotency-Key"));
    }

    @Test
    void whatSucceededIsNotRepeatedInALaterAttemptOfItsTool() {
        fixture.enforcing();
        retriedTool("http://pay.internal/charge", true);
    }

    @Test
    void unlessTheOtherSideHonoursKeys() {
        PipelineFixture knowing =
                new PipelineFixture(Map.of("weir.rule.idempotency-key.honoured-by", "pay.internal")).enforcing();
        SpanRecord first = toolCall(knowing, "http://pay.internal/charge", new IOException("tool dies"));
        SpanRecord second = toolCall(knowing, "http://pay.internal/charge", null);
        assertEquals(first.idempotencyKey, second.idempotencyKey);
        assertEquals(200, second.status);
    }

    @Test
    void modelsMayBeAskedAgain() {
        fixture.enforcing();
        retriedTool("http://llm.internal/v1/chat/completions", false);
    }

    private void retriedTool(String url, boolean refused) {
        SpanRecord first = toolCall(fixture, url, new IOException("tool dies"));
        SpanRecord second = toolCall(fixture, url, null);
        assertEquals(first.operationLow, second.operationLow);
        assertEquals(2, second.attempt);
        assertEquals(refused ? 0 : 200, second.status);
        if (refused) {
            assertEquals("deny", second.verdicts.get(0).outcome());
            assertEquals("idempotency-key", second.verdicts.get(0).rule());
        }
    }

    private static SpanRecord toolCall(PipelineFixture on, String url, Throwable death) {
        Call tool = on.pipeline.begin(new ToolFacts("charge"));
        Call call = on.pipeline.begin(Sent.to("POST", url, "10"));
        on.pipeline.end(call, 200, null, null);
        SpanRecord record = on.last();
        on.pipeline.end(tool, 0, null, death);
        return record;
    }

    @Test
    void silentRepeatIsSeenAndRefusedWithoutAKey() {
        Call call = pipeline.begin(pay());
        assertNull(pipeline.resent(call));
        pipeline.end(call, 200, null, null);
        assertEquals(1, fixture.last().resends);
        assertEquals(2, fixture.last().amplification);
        assertTrue(fixture.last().notable);

        fixture.enforcing();
        Sent keyless = Sent.to("POST", "http://other/charge", "1");
        keyless.levers = false;
        Call without = pipeline.begin(keyless);
        Call.Denied denied = pipeline.resent(without);
        assertNotNull(denied);
        assertTrue(denied.message().contains("without a key"));
        pipeline.end(without, 0, null, new IOException(denied.message()));
        assertEquals(0, fixture.last().resends);
    }

    // ---- retry-budget

    @Test
    void fifthAttemptIsRefusedAndSaidInObserve() {
        for (int i = 1; i <= 5; i++) call(pay(), 503);
        assertEquals("would-deny", outcome(fixture.last(), "retry-budget"));
        fixture.rules.mode("retry-budget", Mode.ENFORCE);
        Call.Denied denied = assertInstanceOf(Call.Denied.class, pipeline.begin(pay()));
        assertEquals("retry-budget", denied.rule());
        assertFalse(denied.timeout());
        assertEquals("deny", outcome(fixture.last(), "retry-budget"));
    }

    @Test
    void refusedAttemptsHaveNumbersOfTheirOwn() {
        fixture.rules.mode("retry-budget", Mode.ENFORCE);
        Call request = pipeline.begin(Sent.received("POST", "http://me/run"));
        for (int i = 0; i < 7; i++) {
            Call call = pipeline.begin(pay());
            if (!(call instanceof Call.Denied)) pipeline.end(call, 503, null, null);
        }
        pipeline.end(request, 503, null, null);
        List<SpanRecord> calls = fixture.records.subList(0, 7);
        assertEquals(
                List.of(1, 2, 3, 4, 5, 6, 7),
                calls.stream().map(record -> record.attempt).toList());
        assertTrue(calls.get(6).message.contains("attempt 7 of an operation that gets 4"), calls.get(6).message);
        assertEquals(4, fixture.last().attempts, "on the wire");
        assertEquals(4, fixture.last().amplification);
    }

    @Test
    void whatAnotherRuleRefusedIsNotTakenFromTheBudget() {
        PipelineFixture broke = new PipelineFixture(
                Map.of("weir.rule.retry-budget.burst", "1", "weir.rule.retry-budget.per-second", "0"));
        broke.rules.mode("retry-budget", Mode.ENFORCE);
        call(broke.pipeline, broke, pay(), 503);
        call(broke.pipeline, broke, pay(), 503);
        for (int i = 3; i < 7; i++) {
            assertInstanceOf(Call.Denied.class, broke.pipeline.begin(pay()));
            assertTrue(broke.last().message.contains("used up their share"), broke.last().message);
            assertEquals(i, broke.last().attempt);
        }
    }

    private static String outcome(SpanRecord record, String rule) {
        for (SpanRecord.Verdict verdict : record.verdicts) if (verdict.rule().equals(rule)) return verdict.outcome();
        return "no verdict of " + rule;
    }

    @Test
    void nestedLoopsGetFourAttemptsInAll() {
        fixture.rules.mode("retry-budget", Mode.ENFORCE);
        int wire = 0;
        for (int i = 0; i < 27; i++) {
            Call call = pipeline.begin(pay());
            if (call instanceof Call.Denied) continue;
            wire++;
            pipeline.end(call, 503, null, null);
        }
        assertEquals(4, wire);
    }

    @Test
    void destinationsRunOutOfRetries() {
        PipelineFixture strict = new PipelineFixture(
                Map.of("weir.rule.retry-budget.burst", "3", "weir.rule.retry-budget.per-second", "0"));
        strict.rules.mode("retry-budget", Mode.ENFORCE);
        int denied = 0;
        for (int i = 0; i < 10; i++) {
            for (int attempt = 0; attempt < 2; attempt++) {
                Call call = strict.pipeline.begin(Sent.to("GET", "http://dep/" + i, ""));
                if (call instanceof Call.Denied) denied++;
                else strict.pipeline.end(call, 503, null, null);
            }
        }
        // 3 saved up, and 10 first attempts earn 0.2 each, of which those before the last retries count.
        assertTrue(denied >= 5 && denied <= 7, "" + denied);
    }

    @Test
    void offMeansOff() {
        for (String name : fixture.rules.names()) fixture.rules.mode(name, Mode.OFF);
        Sent out = pay();
        call(out, 503);
        for (int i = 0; i < 5; i++) call(pay(), 503);
        assertNull(out.headers.get("Idempotency-Key"));
        assertNull(fixture.last().verdicts);
        assertNotNull(out.headers.get("traceparent"));
    }

    // ---- amplification

    @Test
    void amplificationMultipliesOverProcesses() {
        Call request = pipeline.begin(
                Sent.received("POST", "http://me/run").header("baggage", "weir.op=0123456789abcdef0123456789abcdef"));
        for (int i = 0; i < 3; i++) {
            Sent out = Sent.to("POST", "http://worker/job", "x");
            Call call = pipeline.begin(out);
            out.responseHeaders.put("weir-attempts", "9/" + (i == 0 ? 1 : 0) + "/9");
            pipeline.end(call, 503, null, null);
        }
        pipeline.replying(request);
        Sent served = (Sent) request.facts();
        assertEquals("30/2/27", served.responseHeaders.get("weir-attempts"));
        pipeline.end(request, 500, null, null);
        assertEquals(27, fixture.last().amplification);
        assertEquals(30, fixture.last().attempts);
        assertEquals(2, fixture.last().operations);
        assertTrue(fixture.last().root);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "1/2/3/4x", "-1/0/0", "99999999999999999999999/1/1", "9/9/9 ; drop", ""})
    void hostileReportsAreHarmless(String report) {
        Call request = pipeline.begin(Sent.received("POST", "http://me/run"));
        Sent out = Sent.to("GET", "http://worker/job", "");
        Call call = pipeline.begin(out);
        out.responseHeaders.put("weir-attempts", report);
        pipeline.end(call, 200, null, null);
        pipeline.end(request, 200, null, null);
        assertTrue(fixture.last().amplification >= 0 && fixture.last().amplification <= 1_000_000_000);
        assertEquals(0, fixture.log.failures());
    }

    // ---- failing safely

    @Test
    void factsThatThrowLeaveTheCallAlone() {
        Call call = pipeline.begin(new SqlFacts("test", "select 1", "jdbc:x") {
            @Override
            public Object[] parameters() {
                throw new IllegalStateException("a broken adapter");
            }
        });
        assertNull(call);
        assertEquals(1, fixture.log.failures());
        assertTrue(fixture.stderr.toString().contains("a broken adapter"));
        assertTrue(pipeline.follows(CallFacts.Kind.SQL), "and nothing is left behind");
    }

    @Test
    void agentsOwnThreadsAreNotFollowed() throws Exception {
        Call[] seen = new Call[1];
        Thread own = new Thread(() -> {
            pipeline.disown();
            seen[0] = pipeline.begin(pay());
        });
        own.start();
        own.join();
        assertNull(seen[0]);
    }

    @Test
    void growthIsBoundedAndEvictionCounted() {
        PipelineFixture small = new PipelineFixture(Map.of("weir.limits.operations-per-root", "16"));
        Call request = small.pipeline.begin(Sent.received("POST", "http://me/run"));
        for (int i = 0; i < 1_000; i++) call(small.pipeline, small, Sent.to("GET", "http://dep/" + i, ""), 200);
        assertEquals(984, small.assembly.roots().evictedOperations());
        small.pipeline.end(request, 200, null, null);
    }

    private static final class ToolFacts extends ScopeFacts {
        ToolFacts(String name) {
            super(CallFacts.Kind.TOOL, "test", name);
        }
    }

    private static final class Statement extends SqlFacts {
        Statement(String text) {
            super("test", text, "jdbc:h2:mem:x");
        }
    }
}
