package dev.weir.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.incidents.harness.Collector;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.Span;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A program whose environment says what started it. */
class StartedProcessIT {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

    @Test
    void theStartedProgramGoesOnWithTheTrace() throws Exception {
        try (Target target = new Target();
                Collector collector = Collector.start();
                Program program = Fork.of(Caller.class, target.url("/x"), 1, "return")
                        .weir(collector)
                        .environment("TRACEPARENT", "00-" + TRACE + "-b7ad6b7169203331-01")
                        .environment("BAGGAGE", "weir.op=0123456789abcdef0123456789abcdef,weir.attempt=2,tenant=7")
                        .start()) {
            assertEquals(0, program.end().exitCode());
            List<Span> spans = collector.spans();
            assertEquals(1, spans.size(), spans::toString);
            assertEquals("2.1", spans.get(0).text("weir.attempt.path"));
            Target.Hit hit = target.hits().get(0);
            assertTrue(hit.traceparent().startsWith("00-" + TRACE + "-"), hit::traceparent);
            String baggage = hit.headers().getFirst("baggage");
            assertTrue(baggage.endsWith(",tenant=7"), baggage);
        }
    }
}
