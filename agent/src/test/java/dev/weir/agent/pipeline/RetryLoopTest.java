package dev.weir.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weir.agent.export.SpanRecord;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.RetryLoop;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Layers that say themselves what they repeat. */
class RetryLoopTest {

    private final PipelineFixture fixture = new PipelineFixture();
    private final CallPipeline pipeline = fixture.pipeline;

    @BeforeEach
    void install() {
        Hooks.install(pipeline);
    }

    @AfterEach
    void uninstall() {
        Hooks.install(null);
    }

    private String pay(int status) {
        Call call = pipeline.begin(Sent.to("POST", "http://pay/charge", "10 EUR"));
        pipeline.end(call, status, null, null);
        return "answer " + status;
    }

    private List<SpanRecord> of(CallFacts.Kind kind) {
        return fixture.records.stream().filter(record -> record.kind == kind).toList();
    }

    @Test
    void repetitionOfASuccessIsTheSameOperation() throws Exception {
        Callable<String> action = new RetryLoop("test", "picky").tries((Callable<String>) () -> pay(200));
        action.call();
        action.call();
        List<SpanRecord> tries = of(CallFacts.Kind.RETRY);
        assertEquals(List.of(1, 2), tries.stream().map(record -> record.attempt).toList());
        assertEquals(tries.get(0).operationLow, tries.get(1).operationLow);
        List<SpanRecord> payments = of(CallFacts.Kind.HTTP_CLIENT);
        assertEquals(payments.get(0).operationLow, payments.get(1).operationLow);
        assertEquals(payments.get(0).idempotencyKey, payments.get(1).idempotencyKey);
        assertEquals(2, payments.get(1).attempt);
    }

    @Test
    void anotherLogicalCallAfterASuccessIsAnotherOperation() throws Exception {
        for (int i = 0; i < 2; i++) {
            new RetryLoop("test", "picky")
                    .tries((Callable<String>) () -> pay(200))
                    .call();
        }
        List<SpanRecord> payments = of(CallFacts.Kind.HTTP_CLIENT);
        assertNotEquals(payments.get(0).operationLow, payments.get(1).operationLow);
        assertNotEquals(payments.get(0).idempotencyKey, payments.get(1).idempotencyKey);
    }

    /** Two loops of one name, tried in turns: without being told, the second try of one looks like that of the other. */
    @Test
    void loopsOfOneNameThatTakeTurnsKeepApart() {
        RetryLoop one = new RetryLoop("test", "same");
        RetryLoop other = new RetryLoop("test", "same");
        Runnable failing = () -> {
            pay(503);
            throw new IllegalStateException("no");
        };
        Runnable first = one.tries(failing);
        Runnable second = other.tries(failing);
        Call request = pipeline.begin(Sent.received("GET", "http://me/x"));
        // Both begin before either fails.
        Call a = one.begin();
        pipeline.leave(a);
        Call b = other.begin();
        pipeline.leave(b);
        RetryLoop.end(a, null, new IllegalStateException());
        RetryLoop.end(b, null, new IllegalStateException());
        assertThrows(IllegalStateException.class, second::run);
        assertThrows(IllegalStateException.class, first::run);
        pipeline.end(request, 200, null, null);
        List<SpanRecord> tries = of(CallFacts.Kind.RETRY);
        assertEquals(
                List.of(1, 1, 2, 2),
                tries.stream().map(record -> record.attempt).toList());
        assertEquals(tries.get(0).operationLow, tries.get(3).operationLow);
        assertEquals(tries.get(1).operationLow, tries.get(2).operationLow);
        assertNotEquals(tries.get(0).operationLow, tries.get(1).operationLow);
    }

    @Test
    void tryUnderAnotherCauseStartsAfresh() {
        RetryLoop loop = new RetryLoop("test", "wandering");
        Call request = pipeline.begin(Sent.received("GET", "http://me/x"));
        RetryLoop.end(loop.begin(), null, null);
        pipeline.end(request, 200, null, null);
        Call another = pipeline.begin(Sent.received("GET", "http://me/y"));
        RetryLoop.end(loop.begin(), null, null);
        pipeline.end(another, 200, null, null);
        List<SpanRecord> tries = of(CallFacts.Kind.RETRY);
        assertEquals(List.of(1, 1), tries.stream().map(record -> record.attempt).toList());
        assertNotEquals(tries.get(0).operationLow, tries.get(1).operationLow);
    }

    @Test
    void spansNameTheLayersAroundThem() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        Callable<String> inner = () -> new RetryLoop("test", "inner")
                .tries((Callable<String>) () -> pay(calls.incrementAndGet() < 3 ? 503 : 200))
                .call();
        Callable<String> outer = new RetryLoop("test", "outer").tries(inner);
        outer.call();
        outer.call();
        assertEquals(
                List.of("outer:1/inner:1", "outer:2/inner:1"),
                of(CallFacts.Kind.HTTP_CLIENT).stream()
                        .map(record -> record.rare().layers)
                        .toList());
    }

    @Test
    void triesOnOtherThreadsHaveTheCauseOfTheCall() throws Exception {
        Call request = pipeline.begin(Sent.received("GET", "http://me/x"));
        RetryLoop loop = new RetryLoop("test", "scheduled").causedHere();
        loop.attempt(() -> pay(503));
        onAnotherThread(loop.tries((Runnable) () -> pay(200)));
        pipeline.end(request, 200, null, null);
        assertTwoAttemptsOfOneOperation();
        assertEquals(
                List.of(
                        of(CallFacts.Kind.HTTP_SERVER).get(0).spanId,
                        of(CallFacts.Kind.HTTP_SERVER).get(0).spanId),
                of(CallFacts.Kind.RETRY).stream()
                        .map(record -> record.parentSpanId)
                        .toList());
    }

    @Test
    void triesOnOtherThreadsAreOfOneOperationWithoutACauseToo() throws Exception {
        RetryLoop loop = new RetryLoop("test", "scheduled").causedHere();
        loop.attempt(() -> pay(503));
        onAnotherThread(loop.tries((Runnable) () -> pay(200)));
        assertTwoAttemptsOfOneOperation();
    }

    private void assertTwoAttemptsOfOneOperation() {
        List<SpanRecord> tries = of(CallFacts.Kind.RETRY);
        assertEquals(List.of(1, 2), tries.stream().map(record -> record.attempt).toList());
        assertEquals(tries.get(0).operationLow, tries.get(1).operationLow);
        List<SpanRecord> payments = of(CallFacts.Kind.HTTP_CLIENT);
        assertEquals(payments.get(0).operationLow, payments.get(1).operationLow);
    }

    private static void onAnotherThread(Runnable task) throws InterruptedException {
        Thread thread = new Thread(task);
        thread.start();
        thread.join();
    }
}
