package dev.weir.instrumentation.googleadk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import com.google.adk.telemetry.Tracing;
import dev.weir.instrumentation.opentelemetryapi.OpenTelemetryApiInstrumentation;
import dev.weir.instrumentation.testing.Woven;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.reactivex.rxjava3.core.Flowable;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Spans that ADK makes of its runs, where the application has no SDK, and where it has one. */
class GoogleAdkOwnSpansTest {

    @RegisterExtension
    final Woven woven = new Woven(new GoogleAdkInstrumentation(), new OpenTelemetryApiInstrumentation());

    @Test
    void onlyAnSdkOfTheApplicationMakesThem() {
        GlobalOpenTelemetry.getTracer("another")
                .spanBuilder("stands in")
                .startSpan()
                .end();
        assertEquals(
                List.of("stands in"),
                woven.agent().spans().stream().map(span -> span.name).toList());
        assertFalse(Tracing.getTracer().spanBuilder("invocation").startSpan().isRecording());
        assertEquals(7, Flowable.just(7).compose(Tracing.trace("invocation")).blockingFirst());
        assertEquals(1, woven.agent().spans().size());

        Tracer own = SdkTracerProvider.builder().build().get("gcp.vertex.agent");
        Tracing.setTracerForTesting(own);
        assertSame(own, Tracing.getTracer());
    }
}
