package dev.weir.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.agent.export.SpanRecord;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.ScopeFacts;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Scopes whose next try may be made by another process. */
class KnownScopesTest {

    private static final class Activity extends ScopeFacts {

        private final String run;
        private final int number;

        Activity(String run, int number) {
            super(Kind.RETRY, "test", "activity");
            this.run = run;
            this.number = number;
        }

        @Override
        public String[] identity() {
            return new String[] {"order-1", run, "charge"};
        }

        @Override
        public int tryNumber() {
            return number;
        }

        @Override
        public long callerTimeoutMillis() {
            return 60_000;
        }
    }

    private final PipelineFixture one = new PipelineFixture();
    private final PipelineFixture other = new PipelineFixture();

    /** Runs a try that pays twice the same, and returns what was recorded of the payments. */
    private static List<SpanRecord> run(PipelineFixture process, Activity activity, int... statuses) {
        int before = process.records.size();
        Call scope = process.pipeline.begin(activity);
        for (int status : statuses) process.call(PipelineFixture.pay(), status);
        process.pipeline.end(scope, 0, null, null);
        return List.copyOf(process.records.subList(before, process.records.size() - 1));
    }

    @Test
    void theNextTryElsewhereHasTheSameKeys() {
        List<SpanRecord> here = run(one, new Activity("run", 1), 200, 200);
        List<SpanRecord> there = run(other, new Activity("run", 3), 200, 200);
        for (int i = 0; i < 2; i++) {
            assertEquals(here.get(i).idempotencyKey, there.get(i).idempotencyKey);
            assertEquals(here.get(i).traceHigh, there.get(i).traceHigh);
            assertEquals(here.get(i).traceLow, there.get(i).traceLow);
        }
        assertNotEquals(here.get(0).idempotencyKey, here.get(1).idempotencyKey, "two wanted payments stay two");
        assertEquals("3.1", there.get(0).attemptPath);
        assertEquals(3, other.last().attempt);
    }

    /** Its report got lost, for example. */
    @Test
    void theNextTryHereOfWhatSucceededHasTheSameKeys() {
        List<SpanRecord> first = run(one, new Activity("run", 1), 200, 200);
        List<SpanRecord> second = run(one, new Activity("run", 2), 200, 200);
        for (int i = 0; i < 2; i++) assertEquals(first.get(i).idempotencyKey, second.get(i).idempotencyKey);
        assertEquals(2, second.get(0).attempt);
        assertEquals(2, one.last().attempt);
    }

    @Test
    void anotherRunIsAnotherOperation() {
        SpanRecord first = run(one, new Activity("run", 1), 200).get(0);
        SpanRecord second = run(one, new Activity("another run", 1), 200).get(0);
        assertNotEquals(first.idempotencyKey, second.idempotencyKey);
        assertNotEquals(first.traceLow, second.traceLow);
        assertEquals(1, second.attempt);
    }

    /** A thread of a pool may have been started by anybody. */
    @Test
    void whatHappensAroundItDidNotCauseIt() {
        SpanRecord alone = run(one, new Activity("run", 1), 200).get(0);
        Call around = other.pipeline.begin(Sent.received("POST", "http://localhost/start"));
        SpanRecord within = run(other, new Activity("run", 1), 200).get(0);
        other.pipeline.end(around, 200, null, null);
        assertEquals(alone.idempotencyKey, within.idempotencyKey);
        assertEquals(alone.traceLow, within.traceLow);
        assertEquals(CallFacts.Kind.HTTP_SERVER, other.last().kind);
    }

    /** What was tried elsewhere, maybe hours ago, is none of the calls' budget here. */
    @Test
    void laterTriesAreNotHeldAgainstTheirCalls() {
        PipelineFixture enforcing = new PipelineFixture().enforcing();
        List<SpanRecord> payments = run(enforcing, new Activity("run", 50), 200);
        assertEquals(1, payments.get(0).attempt);
        assertTrue(payments.get(0).verdicts().stream()
                .noneMatch(verdict -> verdict.rule().equals("retry-budget")));
    }

    @Test
    void callsInsideKnowItsDeadline() {
        Call scope = one.pipeline.begin(new Activity("run", 1));
        Sent sent = PipelineFixture.pay();
        one.call(sent, 200);
        one.pipeline.end(scope, 0, null, null);
        int left = Integer.parseInt(sent.headers.getOrDefault("weir-timeout-ms", "0"));
        assertTrue(left > 0 && left <= 60_000, () -> "told " + left);
    }
}
