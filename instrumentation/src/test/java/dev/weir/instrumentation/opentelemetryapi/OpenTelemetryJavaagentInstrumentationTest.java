package dev.weir.instrumentation.opentelemetryapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.testing.Woven;
import dev.weir.instrumentation.weaving.Loom;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The API under the name that OpenTelemetry's agent gives it. The agent itself, whose copy is on the boot loader, is tested
 * in {@code smoke-tests/runtimes/tracing} with {@code -Pagents}.
 */
class OpenTelemetryJavaagentInstrumentationTest {

    private static final String API = "io.opentelemetry.";
    private static final String SHADED = "io.opentelemetry.javaagent.shaded.io.opentelemetry.";
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String WEIRS = "b7ad6b7169203331";

    @RegisterExtension
    final Woven woven = new Woven(new OpenTelemetryJavaagentInstrumentation());

    private final ClassLoader agent = new Renamed();

    /** Has the API of the tests' class path under the agent's name. */
    private static final class Renamed extends ClassLoader {

        Renamed() {
            super(OpenTelemetryJavaagentInstrumentationTest.class.getClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (!name.startsWith(SHADED)) throw new ClassNotFoundException(name);
            String file = (API + name.substring(SHADED.length())).replace('.', '/') + ".class";
            try (InputStream in = getParent().getResourceAsStream(file)) {
                if (in == null) throw new ClassNotFoundException(name);
                byte[] renamed = Loom.renamed(in.readAllBytes(), API, SHADED);
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
}
