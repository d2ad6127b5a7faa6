package dev.weir.micro.lines;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Spans of the OpenTelemetry SDK, through its batch processor and its OTLP/HTTP exporter, with default settings. */
final class SdkSpans implements SpanSource {

    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<String> ADDRESS = AttributeKey.stringKey("server.address");
    private static final AttributeKey<Long> PORT = AttributeKey.longKey("server.port");
    private static final AttributeKey<String> URL = AttributeKey.stringKey("url.full");
    private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<String> OPERATION = AttributeKey.stringKey("weir.operation.id");
    private static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("weir.attempt");

    private static final Logger LOGS = Logger.getLogger("io.opentelemetry");

    private final SdkTracerProvider provider;
    private final Tracer tracer;

    SdkSpans(String endpoint) {
        // It would write a line for each batch beside which spans were dropped.
        LOGS.setLevel(Level.OFF);
        provider = SdkTracerProvider.builder()
                .addSpanProcessor(BatchSpanProcessor.builder(OtlpHttpSpanExporter.builder()
                                .setEndpoint(endpoint + "/v1/traces")
                                .build())
                        .build())
                .build();
        tracer = provider.get("export");
    }

    @Override
    public void produce(int number) {
        end("http://shop.internal:8080/orders/7?verbose=true");
    }

    @Override
    public void produce(String text) {
        end(text);
    }

    private void end(String url) {
        Span span = tracer.spanBuilder("GET").setSpanKind(SpanKind.CLIENT).startSpan();
        span.setAttribute(METHOD, "GET");
        span.setAttribute(ADDRESS, "shop.internal");
        span.setAttribute(PORT, 8080L);
        span.setAttribute(URL, url);
        span.setAttribute(STATUS, 200L);
        span.setAttribute(OPERATION, "0123456789abcdef0123456789abcdef");
        span.setAttribute(ATTEMPT, 1L);
        span.end();
    }

    @Override
    public long sent() {
        return -1;
    }

    @Override
    public long dropped() {
        return -1;
    }

    @Override
    public void flush() {
        provider.forceFlush().join(30, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        provider.close();
    }
}
