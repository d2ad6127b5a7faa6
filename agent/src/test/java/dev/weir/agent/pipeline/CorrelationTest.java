package dev.weir.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.weir.agent.context.Hex;
import dev.weir.agent.export.SpanRecord;
import dev.weir.bootstrap.Call;
import org.junit.jupiter.api.Test;

/** What log events are told. */
class CorrelationTest {

    private final PipelineFixture fixture = new PipelineFixture();

    private static String[] of(SpanRecord record) {
        return new String[] {
            Hex.of(record.traceHigh, record.traceLow),
            Hex.of(record.spanId),
            Hex.of(record.operationHigh, record.operationLow)
        };
    }

    @Test
    void whatIsInnermostIsTold() {
        assertNull(fixture.pipeline.correlation());
        Call request = fixture.pipeline.begin(Sent.received("POST", "http://localhost/run"));
        String[] inRequest = fixture.pipeline.correlation();
        Call call = fixture.pipeline.begin(PipelineFixture.pay());
        String[] inCall = fixture.pipeline.correlation();
        fixture.pipeline.end(call, 200, null, null);
        SpanRecord called = fixture.last();
        String[] again = fixture.pipeline.correlation();
        fixture.pipeline.end(request, 200, null, null);
        assertNotNull(inRequest);
        assertArrayEquals(of(called), inCall);
        assertArrayEquals(of(fixture.last()), inRequest);
        assertArrayEquals(inRequest, again);
        assertNull(fixture.pipeline.correlation());
    }

    @Test
    void aCallWithoutACauseIsToldToo() {
        Call call = fixture.pipeline.begin(PipelineFixture.pay());
        String[] inCall = fixture.pipeline.correlation();
        fixture.pipeline.end(call, 200, null, null);
        assertArrayEquals(of(fixture.last()), inCall);
    }
}
