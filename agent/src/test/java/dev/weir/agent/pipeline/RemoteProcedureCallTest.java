package dev.weir.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.agent.export.SpanRecord;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.HttpFacts;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Exchanges whose end is a gRPC status. */
class RemoteProcedureCallTest {

    private final PipelineFixture fixture = new PipelineFixture();
    private final CallPipeline pipeline = fixture.pipeline;

    private static Sent charge(String message) {
        Sent sent = Sent.to("POST", "http://pay:50051/pay.Payments/Charge", message);
        sent.rpcSystem = "grpc";
        return sent;
    }

    private SpanRecord call(Sent sent, String code) {
        Call call = pipeline.begin(sent);
        assertNotNull(call);
        pipeline.end(call, 0, code, null);
        return fixture.last();
    }

    @ParameterizedTest
    @CsvSource({
        "OK, 1",
        "CANCELLED, 2",
        "UNKNOWN, 2",
        "INVALID_ARGUMENT, 1",
        "DEADLINE_EXCEEDED, 2",
        "NOT_FOUND, 1",
        "ALREADY_EXISTS, 1",
        "PERMISSION_DENIED, 1",
        "RESOURCE_EXHAUSTED, 2",
        "FAILED_PRECONDITION, 1",
        "ABORTED, 2",
        "OUT_OF_RANGE, 1",
        "UNIMPLEMENTED, 1",
        "INTERNAL, 2",
        "UNAVAILABLE, 2",
        "DATA_LOSS, 2",
        "UNAUTHENTICATED, 1",
    })
    void whatIsNotDefinitiveIsRepeatedByTheNextAttempt(String code, int next) {
        SpanRecord first = call(charge("10"), code);
        assertEquals(!code.equals("OK"), first.error);
        SpanRecord second = call(charge("10"), code);
        assertEquals(next, second.attempt);
        assertEquals(next == 2, first.operationLow == second.operationLow);
    }

    @Test
    void anotherMessageIsAnotherOperation() {
        SpanRecord first = call(charge("10"), "UNAVAILABLE");
        assertNotEquals(first.operationLow, call(charge("20"), "UNAVAILABLE").operationLow);
    }

    @ParameterizedTest
    @CsvSource({"UNAVAILABLE, true", "DEADLINE_EXCEEDED, true", "NOT_FOUND, false", "ABORTED, false", "CANCELLED, false"
    })
    void destinationsInTroubleOpenTheirCircuit(String code, boolean opens) {
        fixture.enforcing();
        for (int i = 0; i < 3; i++) call(charge("payment " + i), code);
        Call fourth = pipeline.begin(charge("payment 4"));
        assertEquals(opens, fourth instanceof Call.Denied);
        if (fourth instanceof Call.Denied denied) {
            assertTrue(denied.message().contains("grpc pay:50051/pay.Payments/Charge"), denied.message());
        }
        pipeline.end(fourth, 0, "OK", null);
    }

    @Test
    void pushbackIsTheWaitThatTheServerAsksFor() {
        fixture.enforcing();
        Sent refused = charge("10");
        refused.responseHeaders.put("grpc-retry-pushback-ms", "30000");
        call(refused, "RESOURCE_EXHAUSTED");
        Call next = pipeline.begin(charge("20"));
        Call.Denied denied = assertInstanceOf(Call.Denied.class, next);
        assertEquals("rate-limit", denied.rule());
        assertTrue(denied.message().contains("asks for fewer calls"), denied.message());
    }

    @Test
    void whatCannotBeRefusedIsNotSaidToBe() {
        fixture.enforcing();
        Unrefusable hedge = new Unrefusable();
        Call call = pipeline.begin(hedge);
        assertNotNull(call);
        for (int i = 0; i < 3; i++) assertEquals(null, pipeline.resent(call));
        assertEquals(null, pipeline.resent(call));
        pipeline.end(call, 0, "OK", null);
        assertEquals(4, fixture.last().rare().resends);
        assertTrue(
                fixture.last().verdicts().stream()
                        .anyMatch(verdict -> verdict.rule().equals("retry-budget")
                                && verdict.outcome().equals("not-enforced")),
                fixture.last().verdicts()::toString);
    }

    @Test
    void whatTheLibraryRepeatedCountsAgainstTheNextAttempt() {
        fixture.enforcing();
        Call first = pipeline.begin(charge("10"));
        assertNotNull(first);
        for (int i = 0; i < 2; i++) assertEquals(null, pipeline.resent(first));
        pipeline.end(first, 0, "UNAVAILABLE", null);
        Call second = pipeline.begin(charge("10"));
        assertNotNull(second);
        assertInstanceOf(Call.Denied.class, pipeline.resent(second));
        pipeline.end(second, 0, "UNAVAILABLE", null);
        Call.Denied third = assertInstanceOf(Call.Denied.class, pipeline.begin(charge("10")));
        assertEquals("retry-budget", third.rule());
    }

    private static final class Unrefusable extends HttpFacts {

        Unrefusable() {
            super(Kind.HTTP_CLIENT, "test", "GET", "http", "pay", 50051, "/pay.Payments/Balance", null);
        }

        @Override
        public @Nullable String rpcSystem() {
            return "grpc";
        }

        @Override
        public boolean refusable() {
            return false;
        }
    }

    @ParameterizedTest
    @CsvSource({"OK, false", "NOT_FOUND, false", "UNKNOWN, true", "UNAVAILABLE, true", "DEADLINE_EXCEEDED, true"})
    void serversFailByTheirOwnFaultOnly(String code, boolean error) {
        Sent received = Sent.received("POST", "http://me:50051/pay.Payments/Charge");
        received.rpcSystem = "grpc";
        Call call = pipeline.begin(received);
        pipeline.end(call, 0, code, null);
        assertEquals(error, fixture.last().error);
        assertEquals(code, fixture.last().rare().code);
        assertEquals("grpc", fixture.last().rare().rpcSystem);
    }

    @Test
    void attemptsThatGrpcCountsAreRead() {
        Sent received = Sent.received("POST", "http://me:50051/pay.Payments/Charge")
                .header("grpc-previous-rpc-attempts", "2")
                .header("Idempotency-Key", "k");
        received.rpcSystem = "grpc";
        pipeline.end(pipeline.begin(received), 0, "OK", null);
        assertEquals("3", fixture.last().attemptPath);
        assertEquals(Map.of(), received.responseHeaders);
    }
}
