package dev.weir.agent.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The OpenTelemetry SDK's own exporter as a sender. */
class OpenTelemetrySdkTest {
    @RegisterExtension
    final RunningServer server = new RunningServer();

    private SdkTracerProvider provider(String service, SpanExporter exporter, boolean batch) {
        return SdkTracerProvider.builder()
                .setResource(Resource.create(Attributes.builder()
                        .put("service.name", service)
                        .put("process.pid", 41)
                        .build()))
                .addSpanProcessor(
                        batch ? BatchSpanProcessor.builder(exporter).build() : SimpleSpanProcessor.create(exporter))
                .build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip"})
    void sendsAChainOverTwoServices(String compression) {
        OtlpHttpSpanExporter exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(server.at("/v1/traces").toString())
                .setCompression(compression)
                .setTimeout(Duration.ofSeconds(30))
                .build();
        SdkTracerProvider agent = provider("agent", exporter, true);
        SdkTracerProvider pay = provider("pay", exporter, false);
        Tracer agentTracer = agent.get("demo");
        Span run = agentTracer.spanBuilder("invoke_agent").startSpan();
        String traceId = run.getSpanContext().getTraceId();
        try (Scope ignored = run.makeCurrent()) {
            Span call = agentTracer
                    .spanBuilder("POST")
                    .setSpanKind(SpanKind.CLIENT)
                    .setAttribute("http.request.method", "POST")
                    .setAttribute("url.full", "http://pay/charge")
                    .setAttribute(AttributeKey.longKey("http.response.status_code"), 500)
                    .startSpan();
            try (Scope inCall = call.makeCurrent()) {
                Span served = pay.get("demo")
                        .spanBuilder("POST /charge")
                        .setSpanKind(SpanKind.SERVER)
                        .setAttribute(AttributeKey.stringArrayKey("list"), List.of("a", "b"))
                        .startSpan();
                served.recordException(new IllegalStateException("no such account"));
                served.setStatus(StatusCode.ERROR);
                served.end();
            }
            call.setStatus(StatusCode.ERROR);
            call.end();
        }
        run.end();
        for (SdkTracerProvider provider : List.of(pay, agent)) {
            assertTrue(provider.forceFlush().join(30, TimeUnit.SECONDS).isSuccess());
        }

        String printed = server.out.await("trace " + traceId + "  3 spans");
        // The exporter's batches may come before the chain is quiet, so ask for it as it is now.
        String tree = RunningServer.text(server.get("/api/traces/" + traceId + "?format=text"))
                .replaceAll("[\\d.]+ (ns|µs|ms|s)\\b", "T");
        assertEquals(
                "trace " + traceId + "  3 spans, 2 processes, 2 errors, T\n"
                        + "[agent 41] invoke_agent  internal  T\n"
                        + "└─ POST http://pay/charge  client  T  500  error\n"
                        + "   └─ [pay 41] POST /charge  server  T  error: java.lang.IllegalStateException:"
                        + " no such account\n",
                tree);
        assertTrue(printed.contains("invoke_agent"), printed);
        JsonObject chain = server.json("/api/traces/" + traceId);
        assertEquals(3, chain.get("spanCount").getAsInt());
        assertEquals(
                "[\"a\",\"b\"]",
                chain.getAsJsonArray("spans")
                        .get(2)
                        .getAsJsonObject()
                        .getAsJsonObject("attributes")
                        .getAsJsonArray("list")
                        .toString());
        assertTrue(server.isQuiet(), server.err.text());
        for (SdkTracerProvider provider : List.of(pay, agent)) {
            assertTrue(provider.shutdown().join(30, TimeUnit.SECONDS).isSuccess());
        }
    }

    @Test
    void aRefusedTokenIsAFailureThatTheSenderSees() {
        try (RunningServer guarded = new RunningServer(given -> RunningServer.withToken("s3cret"))) {
            String endpoint = guarded.at("/v1/traces").toString();
            try (SdkTracerProvider wrong = provider(
                            "x",
                            OtlpHttpSpanExporter.builder().setEndpoint(endpoint).build(),
                            true);
                    SdkTracerProvider right = provider(
                            "y",
                            OtlpHttpSpanExporter.builder()
                                    .setEndpoint(endpoint)
                                    .addHeader("Authorization", "Bearer s3cret")
                                    .build(),
                            true)) {
                wrong.get("t").spanBuilder("refused").startSpan().end();
                right.get("t").spanBuilder("taken").startSpan().end();
                assertTrue(wrong.forceFlush().join(30, TimeUnit.SECONDS).isDone());
                assertTrue(right.forceFlush().join(30, TimeUnit.SECONDS).isSuccess());
            }
            assertTrue(guarded.out.await("taken").contains("[y 41] taken"));
            assertEquals(1, guarded.json("/healthz").get("spans").getAsInt());
        }
    }
}
