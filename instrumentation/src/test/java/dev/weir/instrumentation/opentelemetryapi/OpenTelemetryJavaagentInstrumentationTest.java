package dev.weir.instrumentation.opentelemetryapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.testing.Woven;
import dev.weir.instrumentation.weaving.Loom;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The API under the name that OpenTelemetry's agent gives it. The agent itself, whose copy is on the boot loader, is tested
 * in {@code smoke-tests/runtimes/tracing} with {@code -Pagents}.
 */
class OpenTelemetryJavaagentInstrumentationTest {

    private static final String API = "io.opentelemetry.";
    private static final String SHADED = "io.opentelemetry.javaagent.shaded.io.opentelemetry.";
    private static final String INSTRUMENTATION = "io.opentelemetry.javaagent.shaded.instrumentation.";
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String WEIRS = "b7ad6b7169203331";

    @RegisterExtension
    final Woven woven = new Woven(new OpenTelemetryJavaagentInstrumentation());

    private final ClassLoader agent = new Renamed();

    /** Has the API of the tests' class path, and whoever calls it here, under the agent's names. */
    private static final class Renamed extends ClassLoader {

        Renamed() {
            super(OpenTelemetryJavaagentInstrumentationTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(ClientOfTheAgents.class.getName())) return super.loadClass(name, resolve);
            synchronized (getClassLoadingLock(name)) {
                Class<?> known = findLoadedClass(name);
                return known == null ? findClass(name) : known;
            }
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            String original = name;
            if (name.startsWith(SHADED)) original = API + name.substring(SHADED.length());
            else if (name.startsWith(INSTRUMENTATION))
                original = API + "instrumentation." + name.substring(INSTRUMENTATION.length());
            try (InputStream in = getParent().getResourceAsStream(original.replace('.', '/') + ".class")) {
                if (in == null) throw new ClassNotFoundException(name);
                byte[] renamed = Loom.renamed(in.readAllBytes(), API, SHADED);
                renamed = Loom.renamed(renamed, SHADED + "instrumentation.", INSTRUMENTATION);
                return defineClass(name, renamed, 0, renamed.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    private Class<?> type(String name) throws ClassNotFoundException {
        return agent.loadClass(SHADED + name);
    }

    private Object current() throws ReflectiveOperationException {
        return type("api.trace.Span").getMethod("current").invoke(null);
    }

    private Object contextOf(Object span) throws ReflectiveOperationException {
        return type("api.trace.Span").getMethod("getSpanContext").invoke(span);
    }

    private String idOf(Object span) throws ReflectiveOperationException {
        return String.valueOf(
                type("api.trace.SpanContext").getMethod("getSpanId").invoke(contextOf(span)));
    }

    @Test
    void weirsSpanIsCurrentInTheAgent() throws Exception {
        woven.agent().inSpan(new Hooks.SpanContext(TRACE, WEIRS, (byte) 1, null));
        assertEquals(WEIRS, idOf(current()));
        woven.agent().inSpan(null);
        assertEquals("0000000000000000", idOf(current()));
    }

    @Test
    void weirHearsOfTheAgentsSpan() throws Exception {
        woven.agent().inSpan(new Hooks.SpanContext(TRACE, WEIRS, (byte) 1, null));
        Object span = current();
        Object context = type("context.Context").getMethod("current").invoke(null);
        Object with = type("context.Context")
                .getMethod("with", type("context.ImplicitContextKeyed"))
                .invoke(context, span);
        woven.agent().inSpan(null);
        try (AutoCloseable ignored =
                (AutoCloseable) type("context.Context").getMethod("makeCurrent").invoke(with)) {
            Hooks.SpanContext told = Hooks.applicationSpan();
            assertNotNull(told);
            assertEquals(TRACE, told.traceId);
            assertEquals(WEIRS, told.spanId);
        }
    }

    // ---- spans that the agent makes of calls

    /** Calls something as the agent's instrumentation would; {@code during} is what happens meanwhile. */
    private List<String> call(String kind, Runnable during) throws ReflectiveOperationException {
        Class<?> type = agent.loadClass(ClientOfTheAgents.class.getName());
        @SuppressWarnings("unchecked")
        BiFunction<String, Runnable, List<String>> client = (BiFunction<String, Runnable, List<String>>)
                type.getConstructor().newInstance();
        return client.apply(kind, during);
    }

    @Test
    void weirWritesIntoTheSpanOfACall() throws Exception {
        List<Hooks.@Nullable ForeignSpan> met = new ArrayList<>();
        List<String> exported = call("client", () -> {
            Hooks.SpanContext current = Hooks.applicationSpan();
            assertNotNull(current);
            Hooks.ForeignSpan span = current.foreign;
            met.add(span);
            assertNotNull(span);
            assertEquals(3, span.kind);
            assertEquals("", span.parentSpanId);
            assertTrue(span.has("http.request.method"));
            assertFalse(span.has("db.system.name"));
            span.attribute("weir.operation.id", "17");
            span.attribute("weir.attempt", 2L);
            span.attribute("weir.yes", true);
            span.event("weir.verdict", Map.of("weir.verdict.rule", "deadline"));
        });
        assertEquals(1, met.size());
        Hooks.ForeignSpan span = met.get(0);
        assertNotNull(span);
        assertEquals(
                List.of("GET 0000000000000000 CLIENT {http.request.method=GET, weir.attempt=2, weir.operation.id=17,"
                        + " weir.yes=true} [weir.verdict {weir.verdict.rule=deadline}]"),
                exported);
        assertEquals(List.of("ending " + span.context().spanId), woven.agent().foreign());
    }

    @Test
    void aSpanInsideOfItIsAnother() throws Exception {
        List<String> exported = call("client with another inside", () -> {
            Hooks.SpanContext current = Hooks.applicationSpan();
            assertNotNull(current);
            assertNull(current.foreign);
        });
        assertEquals(2, exported.size());
    }

    @Test
    void oneThatIsNoCallIsNone() throws Exception {
        call("internal", () -> {
            Hooks.SpanContext current = Hooks.applicationSpan();
            assertNotNull(current);
            assertNull(current.foreign);
        });
        assertEquals(List.of(), woven.agent().foreign());
    }

    @Test
    void aSpanThatIsNotRecordedIsNone() throws Exception {
        woven.agent().inSpan(new Hooks.SpanContext(TRACE, WEIRS, (byte) 0, null));
        woven.agent().beside(WEIRS, new Hooks.SpanContext(TRACE, "00000000000000a1", (byte) 0, null));
        call("client", () -> {
            Hooks.SpanContext current = Hooks.applicationSpan();
            assertNotNull(current);
            assertNull(current.foreign);
        });
        assertEquals(List.of("none"), woven.agent().foreign());
    }

    /** Weir's advice was the outer one: the span goes where the call would be. */
    @Test
    void aSpanInACallOfWeirsTakesItsPlace() throws Exception {
        woven.agent().inSpan(new Hooks.SpanContext(TRACE, WEIRS, (byte) 1, null));
        woven.agent().beside(WEIRS, new Hooks.SpanContext(TRACE, "00000000000000a1", (byte) 1, null));
        List<String> exported = call("client", () -> woven.agent().inSpan(null));
        assertEquals(List.of("GET 00000000000000a1 CLIENT {http.request.method=GET} []"), exported);
        assertEquals(2, woven.agent().foreign().size());
        Hooks.ForeignSpan began = assertInstanceOf(
                Hooks.ForeignSpan.class, woven.agent().foreign().get(0));
        assertEquals("00000000000000a1", began.parentSpanId);
        assertEquals(TRACE, began.context().traceId);
    }

    @Test
    void aCallWithoutACauseIsTheRoot() throws Exception {
        woven.agent().inSpan(new Hooks.SpanContext(TRACE, WEIRS, (byte) 1, null));
        woven.agent().beside(WEIRS, new Hooks.SpanContext("", "", (byte) 0, null));
        List<String> exported = call("server", () -> woven.agent().inSpan(null));
        assertEquals(List.of("GET 0000000000000000 SERVER {http.request.method=GET} []"), exported);
    }
}
