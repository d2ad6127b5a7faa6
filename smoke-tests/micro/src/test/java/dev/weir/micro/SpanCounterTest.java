package dev.weir.micro;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import org.junit.jupiter.api.Test;

/** Spans are counted as the official classes count them. */
class SpanCounterTest {

    private static ScopeSpans scope(int spans) {
        ScopeSpans.Builder scope = ScopeSpans.newBuilder().setSchemaUrl("https://example.com/1");
        for (int i = 0; i < spans; i++) {
            scope.addSpans(Span.newBuilder()
                    .setName("GET " + i)
                    .setSpanId(ByteString.copyFrom(new byte[8]))
                    .setStartTimeUnixNano(i)
                    .addEvents(Span.Event.newBuilder().setName("event"))
                    .addLinks(Span.Link.newBuilder().setTraceState("a=b")));
        }
        return scope.build();
    }

    private static ExportTraceServiceRequest request(int... scopes) {
        ResourceSpans.Builder resource = ResourceSpans.newBuilder()
                .setResource(Resource.newBuilder()
                        .addAttributes(KeyValue.newBuilder()
                                .setKey("service.name")
                                .setValue(AnyValue.newBuilder().setStringValue("test"))));
        for (int spans : scopes) resource.addScopeSpans(scope(spans));
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(resource)
                .addResourceSpans(resource)
                .build();
    }

    @Test
    void countsSpansOfAllScopesAndResources() {
        byte[] bytes = request(3, 0, 400).toByteArray();
        assertEquals(806, SpanCounter.count(bytes, bytes.length));
    }

    @Test
    void nothingIsNone() {
        assertEquals(0, SpanCounter.count(new byte[0], 0));
    }

    @Test
    void looksNoFurtherThanTheRequest() {
        byte[] bytes = request(2).toByteArray();
        byte[] longer = new byte[bytes.length + 100];
        System.arraycopy(bytes, 0, longer, 0, bytes.length);
        assertEquals(4, SpanCounter.count(longer, bytes.length));
    }

    @Test
    void whatIsCutOffIsNotCounted() {
        byte[] bytes = request(2).toByteArray();
        assertThrows(RuntimeException.class, () -> SpanCounter.count(bytes, bytes.length - 1));
    }
}
