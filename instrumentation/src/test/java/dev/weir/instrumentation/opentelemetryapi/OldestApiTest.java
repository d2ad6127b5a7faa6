package dev.weir.instrumentation.opentelemetryapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.testing.Woven;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Version 1.0.0 of the API, in a class loader of its own. */
class OldestApiTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String WEIRS = "b7ad6b7169203331";

    @RegisterExtension
    final Woven woven = new Woven(new OpenTelemetryApiInstrumentation());

    /** What runs in there. */
    public static final class Workload implements Runnable {

        @Override
        public void run() {
            Tracer tracer = GlobalOpenTelemetry.getTracer("old", "1");
            Span outer = tracer.spanBuilder("outer").startSpan();
            try (Scope ignored = outer.makeCurrent()) {
                tracer.spanBuilder("inner")
                        .setAttribute("key", "value")
                        .startSpan()
                        .end();
                Hooks.SpanContext current = Hooks.applicationSpan();
                if (current == null
                        || !current.spanId.equals(outer.getSpanContext().getSpanId())) {
                    throw new AssertionError("Weir hears of " + current);
                }
            }
            outer.end();
        }
    }

    @Test
    void itsSpansAreJoinedAndMade() throws Exception {
        List<URL> places = new ArrayList<>();
        try (Stream<Path> jars = Files.list(Path.of("target/oldest-opentelemetry"))) {
            for (Path jar : (Iterable<Path>) jars::iterator)
                places.add(jar.toUri().toURL());
        }
        assertEquals(2, places.size(), places::toString);
        places.add(OldestApiTest.class.getProtectionDomain().getCodeSource().getLocation());
        woven.agent().inSpan(new Hooks.SpanContext(TRACE, WEIRS, (byte) 1, null));
        try (URLClassLoader loader =
                new URLClassLoader(places.toArray(new URL[0]), ClassLoader.getPlatformClassLoader())) {
            Class<?> workload = loader.loadClass(Workload.class.getName());
            ((Runnable) workload.getDeclaredConstructor().newInstance()).run();
        }
        List<Hooks.SpanData> spans = woven.agent().spans();
        assertEquals(2, spans.size());
        Hooks.SpanData outer = spans.get(1);
        assertEquals("outer", outer.name);
        assertEquals(WEIRS, outer.parentSpanId);
        assertEquals(TRACE, outer.context.traceId);
        assertEquals(outer.context.spanId, spans.get(0).parentSpanId);
        assertEquals("value", spans.get(0).attributes.get("key"));
        assertTrue(outer.endNanos >= outer.startNanos);
    }
}
