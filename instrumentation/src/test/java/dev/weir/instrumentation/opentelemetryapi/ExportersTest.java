package dev.weir.instrumentation.opentelemetryapi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.instrumentation.testing.Woven;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where the application's own exporters send to. */
class ExportersTest {

    @RegisterExtension
    final Woven woven = new Woven(new OpenTelemetryApiInstrumentation());

    @Test
    void eachSaysWhereItSendsTo() {
        OtlpHttpSpanExporter http = OtlpHttpSpanExporter.builder()
                .setEndpoint("http://spans.example:4318/v1/traces")
                .addHeader("api-key", "secret")
                .build();
        http.toBuilder().build().shutdown();
        http.shutdown();
        OtlpHttpSpanExporter.getDefault().shutdown();
        OtlpGrpcSpanExporter.builder()
                .setEndpoint("https://spans.example:4317")
                .build()
                .shutdown();
        OtlpGrpcSpanExporter.getDefault().shutdown();
        assertEquals(
                List.of(
                        "http http://spans.example:4318/v1/traces",
                        "http http://spans.example:4318/v1/traces",
                        "http http://localhost:4318/v1/traces",
                        "grpc https://spans.example:4317",
                        "grpc http://localhost:4317"),
                woven.agent().exports());
    }

    @Test
    void oneThatDoesNotSayMaySendAnywhere() {
        Exporters.made("OtlpHttpSpanExporter@1f", false);
        assertEquals(List.of("http "), woven.agent().exports());
    }
}
