package dev.weir.instrumentation.micrometertracing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.opentelemetryapi.OpenTelemetryApiInstrumentation;
import dev.weir.instrumentation.opentelemetryapi.Sdk;
import dev.weir.instrumentation.testing.Woven;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelSpan;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An application with Micrometer Tracing over OpenTelemetry. */
class MicrometerTracingInstrumentationTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String WEIRS = "b7ad6b7169203331";

    @RegisterExtension
    final Woven woven = new Woven(new MicrometerTracingInstrumentation(), new OpenTelemetryApiInstrumentation());

    private final SdkTracerProvider sdk = Sdk.provider();
    private final OtelCurrentTraceContext current = new OtelCurrentTraceContext();
    private final Tracer tracer = new OtelTracer(sdk.get("test"), current, event -> {});

    @AfterEach
    void close() {
        sdk.close();
    }

    private static Hooks.SpanContext weirs() {
        return new Hooks.SpanContext(TRACE, WEIRS, (byte) 1, null);
    }

    private static String parentOf(Span span) {
        return ((ReadableSpan) OtelSpan.toOtel(span)).getParentSpanContext().getSpanId();
    }

    @Test
    void aSpanBeginsInWeirs() {
        woven.agent().inSpan(weirs());
        Span span = tracer.nextSpan().start();
        assertEquals(TRACE, span.context().traceId());
        assertEquals(WEIRS, parentOf(span));
        span.end();
    }

    @Test
    void theInnermostIsCurrent() {
        Span outer = tracer.nextSpan().start();
        try (Tracer.SpanInScope ignored = tracer.withSpan(outer)) {
            woven.agent().inSpan(weirs(), outer.context().spanId());
            TraceContext context = current.context();
            assertNotNull(context);
            assertEquals(WEIRS, context.spanId());
            assertEquals(TRACE, context.traceId());
            Span inWeirs = tracer.nextSpan().start();
            assertEquals(WEIRS, parentOf(inWeirs));
            inWeirs.end();
            woven.agent().inSpan(null);
            TraceContext again = current.context();
            assertNotNull(again);
            assertEquals(outer.context().spanId(), again.spanId());
        }
        outer.end();
    }
}
