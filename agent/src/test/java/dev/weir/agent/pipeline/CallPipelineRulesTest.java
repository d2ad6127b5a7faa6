package dev.weir.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.agent.export.SpanRecord;
import dev.weir.agent.rules.Mode;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.ScopeFacts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The core rules, through the whole pipeline. */
class CallPipelineRulesTest {

    private final PipelineFixture fixture = new PipelineFixture();
    private final CallPipeline pipeline = fixture.pipeline;

    // ---- deadline

    @Test
    void deadlineComesFromTheCallersOwnTimeout() {
        Sent out = PipelineFixture.pay();
        out.callerTimeout = 2_000;
        fixture.call(out, 200);
        assertEquals("2000", out.headers.get("weir-timeout-ms"));
    }

    @Test
    void tighterOfInheritedAndOwnWins() {
        Call request = pipeline.begin(Sent.received("GET", "http://me/x").header("weir-timeout-ms", "60000"));
        Sent out = PipelineFixture.pay();
        out.callerTimeout = 100_000;
        fixture.call(out, 200);
        long left = Long.parseLong(out.headers.get("weir-timeout-ms"));
        assertTrue(left <= 60_000 && left > 1_000, "" + left);
        assertEquals(0, out.limited, "observe pulls no lever");
        pipeline.end(request, 200, null, null);
    }

    @Test
    void enforcedDeadlineLimitsAndRefuses() {
        fixture.enforcing();
        Call request = pipeline.begin(Sent.received("GET", "http://me/x").header("grpc-timeout", "60S"));
        Sent out = PipelineFixture.pay();
        fixture.call(out, 200);
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
        Sent out = PipelineFixture.pay();
        out.levers = false;
        SpanRecord record = fixture.call(out, 200);
        assertEquals("idempotency-key not-enforced", PipelineFixture.outcomes(record));
    }

    @Test
    void missingTimeoutLeverIsSaidOfACallThatOutlastsItsDeadline() {
        fixture.enforcing();
        Call request = pipeline.begin(Sent.received("GET", "http://me/x").header("weir-timeout-ms", "2000"));
        long passed = System.nanoTime() + 2_001_000_000;
        Sent inTime = Sent.to("GET", "http://pay/poll", "");
        inTime.levers = false;
        SpanRecord quick = fixture.call(inTime, 200);
        assertEquals(List.of(), quick.verdicts());
        Sent late = Sent.to("GET", "http://pay/wait", "");
        late.levers = false;
        Call call = pipeline.begin(late);
        while (System.nanoTime() - passed < 0) LockSupport.parkNanos(passed - System.nanoTime());
        pipeline.end(call, 200, null, null);
        assertEquals("deadline not-enforced", PipelineFixture.outcomes(fixture.last()));
        pipeline.end(request, 200, null, null);
    }

    // ---- idempotency-key

    @Test
    void applicationsKeyIsKeptInObserveAndPinnedInEnforce() {
        fixture.call(PipelineFixture.pay().header("Idempotency-Key", "k1"), 503);
        Sent second = PipelineFixture.pay().header("Idempotency-Key", "k2");
        SpanRecord observed = fixture.call(second, 503);
        assertEquals("k2", second.headers.get("Idempotency-Key"));
        assertEquals("would-mark", observed.verdicts().get(0).outcome());
        fixture.enforcing();
        Sent third = PipelineFixture.pay().header("Idempotency-Key", "k3");
        fixture.call(third, 200);
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
            assertEquals("deny", second.verdicts().get(0).outcome());
            assertEquals("idempotency-key", second.verdicts().get(0).rule());
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
        Call call = pipeline.begin(PipelineFixture.pay());
        assertNull(pipeline.resent(call));
        pipeline.end(call, 200, null, null);
        assertEquals(1, fixture.last().rare().resends);
        assertEquals(2, fixture.last().rare().totals.amplification());
        assertTrue(fixture.last().notable);

        fixture.enforcing();
        Sent keyless = Sent.to("POST", "http://other/charge", "1");
        keyless.levers = false;
        Call without = pipeline.begin(keyless);
        Call.Denied denied = pipeline.resent(without);
        assertNotNull(denied);
        assertTrue(denied.message().contains("without a key"));
        pipeline.end(without, 0, null, new IOException(denied.message()));
        assertEquals(0, fixture.last().rare().resends);
    }

    // ---- retry-budget

    @Test
    void fifthAttemptIsRefusedAndSaidInObserve() {
        for (int i = 1; i <= 5; i++) fixture.call(PipelineFixture.pay(), 503);
        assertEquals("would-deny", outcome(fixture.last(), "retry-budget"));
        fixture.rules.mode("retry-budget", Mode.ENFORCE);
        Call.Denied denied = assertInstanceOf(Call.Denied.class, pipeline.begin(PipelineFixture.pay()));
        assertEquals("retry-budget", denied.rule());
        assertFalse(denied.timeout());
        assertEquals("deny", outcome(fixture.last(), "retry-budget"));
    }

    @Test
    void refusedAttemptsHaveNumbersOfTheirOwn() {
        fixture.rules.mode("retry-budget", Mode.ENFORCE);
        Call request = pipeline.begin(Sent.received("POST", "http://me/run"));
        for (int i = 0; i < 7; i++) {
            Call call = pipeline.begin(PipelineFixture.pay());
            if (!(call instanceof Call.Denied)) pipeline.end(call, 503, null, null);
        }
        pipeline.end(request, 503, null, null);
        List<SpanRecord> calls = fixture.records.subList(0, 7);
        assertEquals(
                List.of(1, 2, 3, 4, 5, 6, 7),
                calls.stream().map(record -> record.attempt).toList());
        assertTrue(
                calls.get(6).rare().message.contains("attempt 7 of an operation that gets 4"),
                calls.get(6).rare().message);
        assertEquals(4, fixture.last().rare().totals.attempts(), "on the wire");
        assertEquals(4, fixture.last().rare().totals.amplification());
    }

    @Test
    void whatAnotherRuleRefusedIsNotTakenFromTheBudget() {
        PipelineFixture broke = new PipelineFixture(
                Map.of("weir.rule.retry-budget.burst", "1", "weir.rule.retry-budget.per-second", "0"));
        broke.rules.mode("retry-budget", Mode.ENFORCE);
        broke.call(PipelineFixture.pay(), 503);
        broke.call(PipelineFixture.pay(), 503);
        for (int i = 3; i < 7; i++) {
            assertInstanceOf(Call.Denied.class, broke.pipeline.begin(PipelineFixture.pay()));
            assertTrue(
                    broke.last().rare().message.contains("used up their share"),
                    broke.last().rare().message);
            assertEquals(i, broke.last().attempt);
        }
    }

    private static String outcome(SpanRecord record, String rule) {
        for (SpanRecord.Verdict verdict : record.verdicts()) if (verdict.rule().equals(rule)) return verdict.outcome();
        return "no verdict of " + rule;
    }

    @Test
    void nestedLoopsGetFourAttemptsInAll() {
        fixture.rules.mode("retry-budget", Mode.ENFORCE);
        int wire = 0;
        for (int i = 0; i < 27; i++) {
            Call call = pipeline.begin(PipelineFixture.pay());
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
        Sent out = PipelineFixture.pay();
        fixture.call(out, 503);
        for (int i = 0; i < 5; i++) fixture.call(PipelineFixture.pay(), 503);
        assertNull(out.headers.get("Idempotency-Key"));
        assertEquals(List.of(), fixture.last().verdicts());
        assertNotNull(out.headers.get("traceparent"));
    }

    @ParameterizedTest
    @CsvSource({"1, 4", "1.1, 4", "1.1.1, 4", "2, 1", "1.2, 1", "2.1, 1", "11, 1", "1.11, 1", "0, 1"})
    void calleeOfARetryDoesNotRetryByItself(String path, int expected) {
        fixture.rules.mode("retry-budget", Mode.ENFORCE);
        Call request = pipeline.begin(Sent.received("POST", "http://me/run")
                .header("baggage", "weir.op=0123456789abcdef0123456789abcdef,weir.attempt=" + path));
        assertEquals(expected, attemptsOf("http://dep/a"));
        assertEquals(expected, attemptsOf("http://dep/b"), "each operation");
        pipeline.end(request, 503, null, null);
    }

    private int attemptsOf(String url) {
        int wire = 0;
        for (int i = 0; i < 6; i++) {
            Call call = pipeline.begin(Sent.to("GET", url, ""));
            if (call instanceof Call.Denied) continue;
            wire++;
            pipeline.end(call, 503, null, null);
        }
        return wire;
    }

    /** The caller's three attempts come to the same process: nine tries without the rule, and one each after the first. */
    @Test
    void callersRetriesAndOursAddUpAndDoNotMultiply() {
        fixture.rules.mode("retry-budget", Mode.ENFORCE);
        List<Integer> wire = new ArrayList<>();
        for (int attempt = 1; attempt <= 3; attempt++) {
            Call request = pipeline.begin(Sent.received("POST", "http://me/run")
                    .header("baggage", "weir.op=0123456789abcdef0123456789abcdef,weir.attempt=" + attempt));
            int before = fixture.records.size();
            for (int i = 0; i < 2; i++) {
                Call call = pipeline.begin(Sent.to("GET", "http://dep/a", ""));
                if (!(call instanceof Call.Denied)) pipeline.end(call, 503, null, null);
            }
            wire.add((int) fixture.records.subList(before, fixture.records.size()).stream()
                    .filter(record -> record.status == 503)
                    .count());
            pipeline.end(request, 503, null, null);
        }
        assertEquals(List.of(2, 1, 1), wire);
    }

    private static final class ToolFacts extends ScopeFacts {
        ToolFacts(String name) {
            super(CallFacts.Kind.TOOL, "test", name);
        }
    }
}
