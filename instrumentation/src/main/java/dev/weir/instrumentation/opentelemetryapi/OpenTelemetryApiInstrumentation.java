package dev.weir.instrumentation.opentelemetryapi;

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
