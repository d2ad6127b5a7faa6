package dev.weir.instrumentation.googleadk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.adk.telemetry.Tracing;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.opentelemetryapi.OpenTelemetryApiInstrumentation;
import dev.weir.instrumentation.testing.Woven;
import io.reactivex.rxjava3.core.Flowable;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Spans that ADK makes of its runs where the application has no SDK: whose they are. */
class GoogleAdkOwnSpansTest {

    @RegisterExtension
    final Woven woven = new Woven(new OpenTelemetryApiInstrumentation());

    @Test
    void allAreOfTheTracerThatTheAdapterNames() {
        Tracing.getTracer().spanBuilder("call_llm").startSpan().end();
        assertEquals(7, Flowable.just(7).compose(Tracing.trace("invocation")).blockingFirst());
        List<Hooks.SpanData> spans = woven.agent().spans();
        assertEquals(
                List.of("call_llm", "invocation"),
                spans.stream().map(span -> span.name).toList());
        for (Hooks.SpanData span : spans) {
            assertEquals(Set.of(span.scope), new GoogleAdkInstrumentation().ownTracers());
        }
    }
}
