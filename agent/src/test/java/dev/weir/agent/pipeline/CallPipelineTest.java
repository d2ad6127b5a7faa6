package dev.weir.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.agent.export.SpanRecord;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.SqlFacts;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of calls: attempts, operations, amplification, and that nothing harms the application. */
class CallPipelineTest {

    private final PipelineFixture fixture = new PipelineFixture();
    private final CallPipeline pipeline = fixture.pipeline;

    // ---- attempts and operations

    @Test
    void repeatAfterFailureIsTheNextAttempt() {
        SpanRecord first = fixture.call(PipelineFixture.pay(), 503);
        SpanRecord second = fixture.call(PipelineFixture.pay(), 200);
        assertEquals(1, first.attempt);
        assertEquals(2, second.attempt);
        assertEquals(first.operationLow, second.operationLow);
        assertEquals(first.traceLow, second.traceLow, "attempts of one operation stand in one trace");
        assertEquals(first.idempotencyKey, second.idempotencyKey);
    }

    @Test
    void repeatAfterSuccessIsAnotherOperation() {
        SpanRecord first = fixture.call(PipelineFixture.pay(), 200);
        SpanRecord second = fixture.call(PipelineFixture.pay(), 200);
        assertEquals(1, second.attempt);
        assertNotEquals(first.operationLow, second.operationLow);
        assertNotEquals(first.idempotencyKey, second.idempotencyKey);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 202, 301, 400, 401, 404, 409, 422})
    void definitiveAnswersSettle(int status) {
        Sent sent = Sent.to("GET", "http://pay/poll", "");
        fixture.call(sent, status);
        assertEquals(1, fixture.call(Sent.to("GET", "http://pay/poll", ""), 200).attempt);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 408, 425, 429, 500, 502, 503, 504})
    void otherAnswersDoNot(int status) {
        fixture.call(Sent.to("GET", "http://pay/poll", ""), status);
        assertEquals(2, fixture.call(Sent.to("GET", "http://pay/poll", ""), 200).attempt);
    }

    @Test
    void conflictDoesNotSettleWhenAKeyWasSent() {
        fixture.call(PipelineFixture.pay(), 409);
        assertEquals(2, fixture.call(PipelineFixture.pay(), 200).attempt);
    }

    @Test
    void otherBodyIsAnotherOperation() {
        fixture.call(PipelineFixture.pay(), 503);
        assertEquals(1, fixture.call(Sent.to("POST", "http://pay/charge", "11 EUR"), 200).attempt);
    }

    @Test
    void innerHalfOfACallIsNotAnother() {
        Call outer = pipeline.begin(PipelineFixture.pay());
        assertNull(pipeline.begin(PipelineFixture.pay()));
        assertFalse(pipeline.follows(CallFacts.Kind.HTTP_CLIENT));
        assertTrue(pipeline.follows(CallFacts.Kind.SQL));
        Call sql = pipeline.begin(new Statement("select 1"));
        assertNotNull(sql);
        assertNull(pipeline.begin(PipelineFixture.pay()), "an HTTP call inside a statement inside an HTTP call");
        pipeline.end(sql, 0, null, null);
        pipeline.end(outer, 200, null, null);
        assertTrue(pipeline.follows(CallFacts.Kind.HTTP_CLIENT));
    }

    @Test
    void onlyTheFirstEndCounts() {
        Call call = pipeline.begin(PipelineFixture.pay());
        pipeline.end(call, 200, null, null);
        pipeline.end(call, 503, null, new IOException());
        assertEquals(1, fixture.records.size());
        assertEquals(200, fixture.last().status);
    }

    @Test
    void withdrawnCallLeavesNoTrace() {
        Call call = pipeline.begin(PipelineFixture.pay());
        pipeline.withdraw(call);
        assertEquals(List.of(), fixture.records);
        SpanRecord next = fixture.call(PipelineFixture.pay(), 200);
        assertEquals(1, next.attempt);
        assertEquals(1, next.rare().totals.operations());
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
        assertEquals(27, fixture.last().rare().totals.amplification());
        assertEquals(30, fixture.last().rare().totals.attempts());
        assertEquals(2, fixture.last().rare().totals.operations());
        assertTrue(fixture.last().rare().totals != null);
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
        assertTrue(fixture.last().rare().totals.amplification() >= 0
                && fixture.last().rare().totals.amplification() <= 1_000_000_000);
        assertEquals(0, fixture.log.failures());
    }

    // ---- failing safely

    @Test
    void factsThatThrowLeaveTheCallAlone() {
        Call call = pipeline.begin(new SqlFacts("test", "select 1") {
            @Override
            public String url() {
                return "jdbc:x";
            }

            @Override
            public int parameterCount() {
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
            seen[0] = pipeline.begin(PipelineFixture.pay());
        });
        own.start();
        own.join();
        assertNull(seen[0]);
    }

    @Test
    void growthIsBoundedAndEvictionCounted() {
        PipelineFixture small = new PipelineFixture(Map.of("weir.limits.operations-per-root", "16"));
        Call request = small.pipeline.begin(Sent.received("POST", "http://me/run"));
        for (int i = 0; i < 1_000; i++) small.call(Sent.to("GET", "http://dep/" + i, ""), 200);
        assertEquals(984, small.assembly.roots().evictedOperations());
        small.pipeline.end(request, 200, null, null);
    }

    private static final class Statement extends SqlFacts {
        Statement(String text) {
            super("test", text);
        }

        @Override
        public String url() {
            return "jdbc:h2:mem:x";
        }
    }
}
