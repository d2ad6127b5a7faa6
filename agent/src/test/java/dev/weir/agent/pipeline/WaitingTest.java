package dev.weir.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.agent.export.SpanRecord;
import dev.weir.agent.rules.Mode;
import dev.weir.bootstrap.Call;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Destinations that ask for fewer calls, or fail again and again, as the pipeline treats them. */
class WaitingTest {

    private final PipelineFixture fixture = new PipelineFixture();
    private final CallPipeline pipeline = fixture.pipeline;

    private static Sent ask() {
        return Sent.to("GET", "http://llm/ask", "");
    }

    private void refusedFor(String retryAfterMillis) {
        Sent sent = ask();
        sent.responseHeaders.put("retry-after-ms", retryAfterMillis);
        pipeline.end(pipeline.begin(sent), 429, null, null);
    }

    private static String verdict(SpanRecord record, String rule) {
        for (SpanRecord.Verdict each : record.verdicts()) {
            if (each.rule().equals(rule)) return each.outcome();
        }
        return "none";
    }

    @Test
    void threadThatWaitsAnywayIsMadeToWait() {
        fixture.rules.mode("rate-limit", Mode.ENFORCE);
        refusedFor("150");
        long before = System.nanoTime();
        Sent sent = ask();
        sent.waits = true;
        Call call = pipeline.begin(sent);
        assertTrue(System.nanoTime() - before >= 140_000_000, "it begins when the destination takes calls again");
        pipeline.end(call, 200, null, null);
        assertEquals("delay", verdict(fixture.last(), "rate-limit"));
    }

    @Test
    void callThatCannotWaitIsRefused() {
        fixture.rules.mode("rate-limit", Mode.ENFORCE);
        refusedFor("30000");
        Call.Denied denied = assertInstanceOf(Call.Denied.class, pipeline.begin(ask()));
        assertTrue(denied.message().contains("this thread cannot wait for it"), denied.message());
        assertTrue(denied.message().contains("-Dweir.rule.rate-limit=observe"), denied.message());
        assertEquals("deny", verdict(fixture.last(), "rate-limit"));
    }

    @Test
    void observeNeverWaitsAndSaysWhoWouldHave() {
        refusedFor("30000");
        assertEquals("flag", verdict(fixture.last(), "rate-limit"));
        Sent sent = ask();
        sent.waits = true;
        pipeline.end(pipeline.begin(sent), 200, null, null);
        assertEquals("would-delay", verdict(fixture.last(), "rate-limit"));
    }

    @Test
    void interruptedThreadGoesOnAtOnceAndStaysInterrupted() {
        fixture.rules.mode("rate-limit", Mode.ENFORCE);
        refusedFor("50000");
        Sent sent = ask();
        sent.waits = true;
        Thread.currentThread().interrupt();
        Call call = pipeline.begin(sent);
        assertTrue(Thread.interrupted(), "the call itself has to answer to it");
        assertFalse(call instanceof Call.Denied);
        pipeline.end(call, 200, null, null);
        assertEquals("not-enforced", verdict(fixture.last(), "rate-limit"));
    }

    @Test
    void whatIsRefusedDoesNotWaitFirst() {
        PipelineFixture strict = new PipelineFixture(Map.of("weir.rule.retry-budget.attempts", "1"));
        strict.rules.mode("rate-limit", Mode.ENFORCE);
        strict.rules.mode("retry-budget", Mode.ENFORCE);
        Sent sent = ask();
        sent.responseHeaders.put("retry-after-ms", "50000");
        strict.pipeline.end(strict.pipeline.begin(sent), 429, null, null);
        Sent again = ask();
        again.waits = true;
        Call.Denied denied = assertInstanceOf(Call.Denied.class, strict.pipeline.begin(again));
        assertEquals("retry-budget", denied.rule());
    }

    @Test
    void circuitOpensAndSaysSo() {
        fixture.rules.mode("circuit-breaker", Mode.ENFORCE);
        for (int i = 0; i < 3; i++)
            pipeline.end(pipeline.begin(Sent.to("GET", "http://llm/" + i, "")), 503, null, null);
        assertEquals("flag", verdict(fixture.last(), "circuit-breaker"));
        Call.Denied denied = assertInstanceOf(Call.Denied.class, pipeline.begin(Sent.to("GET", "http://llm/4", "")));
        assertEquals("circuit-breaker", denied.rule());
        assertFalse(pipeline.begin(Sent.to("GET", "http://other/4", "")) instanceof Call.Denied);
    }

    @Test
    void callThatTheApplicationGaveUpSaysNothingOfTheDestination() {
        fixture.rules.mode("circuit-breaker", Mode.ENFORCE);
        for (int i = 0; i < 5; i++) {
            Call call = pipeline.begin(Sent.to("GET", "http://llm/" + i, ""));
            assertFalse(call instanceof Call.Denied);
            pipeline.end(call, 0, null, new java.util.concurrent.CancellationException());
        }
    }
}
