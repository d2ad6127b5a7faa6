package dev.weir.instrumentation.opentelemetryapi;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * OpenTelemetry's API as the application brings it: its spans and Weir's become one tree. Where it has no SDK, Weir makes
 * the spans that it asks for.
 */
public final class OpenTelemetryApiInstrumentation implements Instrumentation {

    @Override
    public String name() {
        return "opentelemetry-api";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type("io.opentelemetry.context.Context")
                .exactly("current", "Current")
                .exactly("makeCurrent", "MakeCurrent");
        weaving.type("io.opentelemetry.api.trace.Span")
                .exactly("fromContext", "FromContext", "io.opentelemetry.context.Context")
                .exactly("fromContextOrNull", "FromContext", "io.opentelemetry.context.Context");
        weaving.type("io.opentelemetry.api.GlobalOpenTelemetry")
                .exactly("get", "Get")
                .exactly("getOrNoop", "Get")
                .exactly("set", "Set", "io.opentelemetry.api.OpenTelemetry")
                .exactly("resetForTest", "Reset");
        weaving.type("io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder")
                .exactly("build", "HttpExporter");
        weaving.type("io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporterBuilder")
                .exactly("build", "GrpcExporter");
        weaving.type("io.opentelemetry.instrumentation.api.instrumenter.Instrumenter")
                .exactly("start", "Start", "io.opentelemetry.context.Context", "java.lang.Object")
                .fieldForReceiver("spanKindExtractor")
                .method("end", "End", "io.opentelemetry.context.Context");
    }

    /** Whoever asks for the current context gets Weir's span in it, where that is the innermost one. */
    static final class Current {

        static @Nullable Context exit(@Nullable Context result) {
            return result == null ? null : Joining.nearest(result);
        }
    }

    static final class MakeCurrent {

        static void exit() {
            Joining.begin();
        }
    }

    /**
     * A request's own span is often made of the headers alone: its parent is the caller's span, which is the parent of
     * Weir's span for this request too. Weir's came first, so the request's own is inside of it.
     */
    static final class FromContext {

        static @Nullable Span exit(@Nullable Span result) {
            return result == null ? null : Joining.received(result);
        }
    }

    static final class HttpExporter {

        static void exit(@Nullable Object exporter) {
            if (exporter != null) Exporters.made(exporter, false);
        }
    }

    static final class GrpcExporter {

        static void exit(@Nullable Object exporter) {
            if (exporter != null) Exporters.made(exporter, true);
        }
    }

    /** OpenTelemetry's instrumentation of libraries, as the application brings it: all its spans of calls begin here. */
    static final class Start {

        static @Nullable Begin enter(Object kinds, Context parent, Object request) {
            return Hooks.shares() ? Begin.of(parent, kinds, request) : null;
        }

        static Context argument0(@Nullable Begin begin, Object kinds, Context parent) {
            return Begin.parent(begin, parent);
        }

        static @Nullable Context exit(@Nullable Begin begin, @Nullable Context result) {
            return Begin.end(begin, result);
        }
    }

    static final class End {

        static void enter(Object instrumenter, @Nullable Context context) {
            AgentSpan.ending(context);
        }
    }

    static final class Get {

        static @Nullable OpenTelemetry exit(@Nullable OpenTelemetry result) {
            return result == null ? null : Bridge.orBridged(result);
        }
    }

    static final class Set {

        static void exit(@Nullable Throwable thrown, OpenTelemetry set) {
            if (thrown == null) Bridge.isSet(set);
        }
    }

    static final class Reset {

        static void exit() {
            Bridge.reset();
        }
    }
}
