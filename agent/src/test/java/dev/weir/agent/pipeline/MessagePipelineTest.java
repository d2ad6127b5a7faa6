package dev.weir.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.agent.export.SpanRecord;
import dev.weir.bootstrap.Call;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessagePipelineTest {

    private final PipelineFixture fixture = new PipelineFixture();
    private final CallPipeline pipeline = fixture.pipeline;

    private SpanRecord send(Passed message) {
        pipeline.end(pipeline.begin(message), 0, null, null);
        return fixture.last();
    }

    /** Processes a message, which charges somebody; gives the charge. */
    private SpanRecord process(Passed message) {
        Call scope = pipeline.begin(message);
        Call charge = pipeline.begin(Sent.to("POST", "http://pay/charge", "10"));
        pipeline.end(charge, 200, null, null);
        SpanRecord charged = fixture.last();
        pipeline.end(scope, 0, null, null);
        return charged;
    }

    // ---- what a message carries

    @Test
    void carriesItsTraceOperationAndKey() {
        Passed message = Passed.sent("orders", "10");
        message.callerTimeout = 120_000;
        SpanRecord record = send(message);
        assertEquals(Set.of("traceparent", "baggage", "Idempotency-Key"), message.headers.keySet());
        assertFalse(message.headers.get("baggage").contains("weir.deadline"), "to deliver it is not to process it");
        assertEquals(message.headers.get("Idempotency-Key"), record.idempotencyKey);
        assertEquals("orders", record.target);
        assertEquals("kafka", record.scheme);
    }

    @Test
    void carriesTheDeadlineOfWhoeverCausedIt() {
        Call request = pipeline.begin(Sent.received("GET", "http://me/x").header("weir-timeout-ms", "60000"));
        Passed message = Passed.sent("orders", "10");
        send(message);
        pipeline.end(request, 200, null, null);
        assertTrue(message.headers.get("baggage").contains("weir.deadline="));
        assertNull(message.headers.get("weir-timeout-ms"), "a relative time does not outlast a queue");
    }

    @Test
    void foreignBrokersGetTraceAndKeyOnly() {
        Passed message = Passed.sent("orders", "10");
        message.host = "broker.example.com";
        send(message);
        assertEquals(Set.of("traceparent", "Idempotency-Key"), message.headers.keySet());
    }

    @Test
    void unknownBrokersAreTakenForOurs() {
        Passed message = Passed.sent("orders", "10");
        message.host = "";
        send(message);
        assertTrue(message.headers.containsKey("baggage"));
    }

    @Test
    void sendingAgainAfterAFailureIsTheNextAttempt() {
        Passed first = Passed.sent("orders", "10");
        pipeline.end(pipeline.begin(first), 0, null, new TimeoutException());
        long operation = fixture.last().operationLow;
        Passed second = Passed.sent("orders", "10");
        SpanRecord again = send(second);
        assertEquals(2, again.attempt);
        assertEquals(operation, again.operationLow);
        assertEquals(first.headers.get("Idempotency-Key"), second.headers.get("Idempotency-Key"));
        assertEquals(1, send(Passed.sent("orders", "10")).attempt);
        assertEquals(1, send(Passed.sent("orders", "11")).attempt);
    }

    @Test
    void whatTheBrokerRefusedForGoodIsSettled() {
        pipeline.end(pipeline.begin(Passed.sent("orders", "10")), 0, "RecordTooLargeException", new IOException());
        assertEquals(1, send(Passed.sent("orders", "10")).attempt);
    }

    @Test
    void clientsOwnRepetitionsAreCountedAndNeverRefused() {
        fixture.enforcing();
        Passed message = Passed.sent("orders", "10");
        Call call = pipeline.begin(message);
        for (int i = 0; i < 10; i++) assertNull(pipeline.resent(call));
        pipeline.end(call, 0, null, null);
        assertEquals(10, fixture.last().rare().resends);
        assertEquals("flag", fixture.last().verdicts().get(0).outcome());
        Passed recognised = Passed.sent("orders", "11");
        recognised.recognised = true;
        call = pipeline.begin(recognised);
        assertNull(pipeline.resent(call));
        pipeline.end(call, 0, null, null);
        assertEquals("mark", fixture.last().verdicts().get(0).outcome());
    }

    // ---- processing

    @Test
    void processingIsAChildOfTheSending() {
        Passed message = Passed.sent("orders", "10");
        SpanRecord sent = send(message);
        SpanRecord charge = process(Passed.received("orders", 7).carrying(message.headers));
        SpanRecord processed = fixture.last();
        assertEquals(sent.traceLow, processed.traceLow);
        assertEquals(sent.spanId, processed.parentSpanId);
        assertEquals(processed.spanId, charge.parentSpanId);
        assertEquals("1.1", processed.attemptPath);
        assertEquals("1.1.1", charge.attemptPath);
        assertEquals("billing", processed.rare().consumer);
        assertEquals(7, processed.size);
        assertNull(pipeline.capture());
    }

    @Test
    void aMessageDeliveredAgainIsTheNextAttemptOfTheSame() {
        SpanRecord first = process(Passed.received("orders", 7));
        long operation = fixture.last().operationLow;
        SpanRecord second = process(Passed.received("orders", 7));
        assertEquals(operation, fixture.last().operationLow);
        assertEquals(2, fixture.last().attempt);
        assertEquals(first.idempotencyKey, second.idempotencyKey);
        assertEquals("would-deny", second.verdicts().get(0).outcome());
    }

    @Test
    void whatDistinguishesMessages() {
        SpanRecord first = process(Passed.received("orders", 7));
        assertNotEquals(first.idempotencyKey, process(Passed.received("orders", 8)).idempotencyKey);
        assertNotEquals(first.idempotencyKey, process(Passed.received("refunds", 7)).idempotencyKey);
        Passed others = Passed.received("orders", 7);
        others.group = "audit";
        assertNotEquals(first.idempotencyKey, process(others).idempotencyKey);
        Passed unknown = Passed.received("orders", -1);
        assertNotEquals(process(unknown).idempotencyKey, process(unknown).idempotencyKey);
    }

    @Test
    void anotherProcessFindsTheSameOperation() {
        SpanRecord first = process(Passed.received("orders", 7));
        PipelineFixture restarted = new PipelineFixture();
        Call scope = restarted.pipeline.begin(Passed.received("orders", 7));
        Sent again = Sent.to("POST", "http://pay/charge", "10");
        restarted.pipeline.end(restarted.pipeline.begin(again), 200, null, null);
        restarted.pipeline.end(scope, 0, null, null);
        assertEquals(first.idempotencyKey, again.headers.get("Idempotency-Key"));
    }

    @Test
    void brokersThatCountAreBelieved() {
        Passed third = Passed.received("orders", 7);
        third.delivery = 3;
        process(third);
        assertEquals(3, fixture.last().attempt);
        assertEquals("3", fixture.last().attemptPath);
    }

    @Test
    void sameOrderWithTheSameHeadersIsAnotherMessage() {
        Passed sent = Passed.sent("orders", "10");
        send(sent);
        SpanRecord first = process(Passed.received("orders", 7).carrying(sent.headers));
        SpanRecord second = process(Passed.received("orders", 8).carrying(sent.headers));
        assertNotEquals(first.idempotencyKey, second.idempotencyKey);
    }

    @Test
    void copiedHeadersAreNotTakenForTheApplications() {
        Passed sent = Passed.sent("orders", "10");
        send(sent);
        Call scope = pipeline.begin(Passed.received("orders", 7)
                .carrying(Map.of(
                        "traceparent",
                        sent.headers.get("traceparent"),
                        "baggage",
                        sent.headers.get("baggage") + ",user=7")));
        Passed on = Passed.sent("invoices", "10")
                .carrying(Map.of(
                        "traceparent",
                        sent.headers.get("traceparent"),
                        "baggage",
                        sent.headers.get("baggage") + ",user=7"));
        SpanRecord forwarded = send(on);
        pipeline.end(scope, 0, null, null);
        assertEquals(fixture.last().spanId, forwarded.parentSpanId);
        assertNotEquals(sent.headers.get("traceparent"), on.headers.get("traceparent"));
        String baggage = on.headers.get("baggage");
        assertEquals(baggage.indexOf("weir.op"), baggage.lastIndexOf("weir.op"), baggage);
        assertNotEquals(sent.headers.get("baggage").substring(0, 40), baggage.substring(0, 40));
        assertTrue(baggage.endsWith(",user=7"), baggage);
    }

    @Test
    void traceThatAnotherAgentSetStays() {
        String foreign = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        Passed message = Passed.sent("orders", "10").carrying(Map.of("traceparent", foreign));
        SpanRecord record = send(message);
        assertEquals(foreign, message.headers.get("traceparent"));
        assertEquals(0xb7ad6b7169203331L, record.parentSpanId);
    }

    // ---- rules

    @Test
    void sendingInALaterDeliveryIsFlaggedAndNotRefused() {
        fixture.enforcing();
        for (int delivery = 1; delivery <= 2; delivery++) {
            Call scope = pipeline.begin(Passed.received("orders", 7));
            SpanRecord sent = send(Passed.sent("invoices", "10"));
            assertFalse(sent.error);
            assertEquals(delivery == 2, sent.notable);
            pipeline.end(scope, 0, null, null);
        }
        assertEquals(4, fixture.records.size());
        assertEquals(fixture.records.get(0).idempotencyKey, fixture.records.get(2).idempotencyKey);
    }

    @Test
    void chargingInALaterDeliveryIsRefused() {
        fixture.enforcing();
        assertFalse(process(Passed.received("orders", 7)).error);
        assertEquals(
                "weir.idempotency-key", process(Passed.received("orders", 7)).rare().code);
    }

    @Test
    void deadlineBindsWhereTheSenderWaits() {
        fixture.enforcing();
        Map<String, String> late = Map.of("baggage", "weir.deadline=1000");
        Passed nobodyWaits = Passed.received("orders", 7).carrying(late);
        assertFalse(process(nobodyWaits).error);
        assertEquals(Integer.MAX_VALUE, fixture.last().remainingMillis);
        Passed asked = Passed.received("orders", 8).carrying(late);
        asked.awaited = true;
        Call scope = pipeline.begin(asked);
        assertFalse(scope instanceof Call.Denied, "a message that is skipped is lost");
        assertInstanceOf(Call.Denied.class, pipeline.begin(Sent.to("POST", "http://pay/charge", "10")));
        pipeline.end(scope, 0, null, null);
    }

    @Test
    void strangersAreNotBelieved() {
        Passed message =
                Passed.received("orders", 7).carrying(Map.of("baggage", "weir.deadline=1000,weir.attempt=9,user=7"));
        message.host = "broker.example.com";
        message.awaited = true;
        process(message);
        assertEquals("1", fixture.last().attemptPath);
        assertEquals(Integer.MAX_VALUE, fixture.last().remainingMillis);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "EVIL", "00-EVIL", "=,;EVIL", "weir.op=EVIL", "weir.attempt=EVIL,weir.deadline=EVIL"})
    void hostileHeadersAreHarmless(String value) {
        for (String header : new String[] {value, value.repeat(100_000), value + "\u0000\r\n\ud800"}) {
            Passed message = Passed.received("orders", 7);
            message.awaited = true;
            for (String name : new String[] {
                "traceparent", "tracestate", "baggage", "b3", "weir-timeout-ms", "grpc-timeout", "X-B3-TraceId"
            }) message.headers.put(name, header);
            message.headers.put("Idempotency-Key", header + "\n" + "EVIL".repeat(100));
            Call scope = pipeline.begin(message);
            assertNotNull(scope);
            Passed on = Passed.sent("invoices", "10");
            send(on);
            pipeline.end(scope, 0, null, null);
            assertFalse(on.headers.toString().contains("EVIL"), on.headers::toString);
            assertNull(fixture.last().idempotencyKey);
        }
        assertEquals(0, fixture.log.failures());
    }

    @Test
    void contentsAndNamesOfAnyLength() {
        Passed empty = Passed.sent("t".repeat(249), "");
        send(empty);
        send(Passed.sent("", "x".repeat(1_000_000)));
        Passed nameless = Passed.sent("t".repeat(100_000), "x");
        nameless.host = "";
        send(nameless);
        assertEquals(3, fixture.records.size());
        assertEquals(0, fixture.log.failures());
    }
}
