package dev.weir.instrumentation.opentelemetryapi;

import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * OpenTelemetry's own agent in the same JVM. It has a copy of the API on the boot loader, under another name, and by that
 * copy its spans and Weir's become one tree.
 */
public final class OpenTelemetryJavaagentInstrumentation implements Instrumentation {

    private static final String SHADED = "io.opentelemetry.javaagent.shaded.io.opentelemetry.";
    private static final String INSTRUMENTER =
            "io.opentelemetry.javaagent.shaded.instrumentation.api.instrumenter.Instrumenter";
    private static final String CONTEXT = SHADED + "context.Context";

    @Override
    public String name() {
        return "opentelemetry-javaagent";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type(CONTEXT)
                .exactly("current", "Current")
                .exactly("makeCurrent", "MakeCurrent")
                .renaming("io/opentelemetry/", SHADED.replace('.', '/'));
        weaving.type(SHADED + "api.trace.Span")
                .exactly("fromContext", "FromContext", CONTEXT)
                .exactly("fromContextOrNull", "FromContext", CONTEXT)
                .renaming("io/opentelemetry/", SHADED.replace('.', '/'));
        weaving.type(INSTRUMENTER)
                .exactly("start", "Start", CONTEXT, "java.lang.Object")
                .fieldForReceiver("spanKindExtractor")
                .method("end", "End", CONTEXT)
                .renaming("io/opentelemetry/", SHADED.replace('.', '/'));
    }

    /** As {@link OpenTelemetryApiInstrumentation.Current}, for the agent's own copy. */
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
     * All spans that the agent makes of calls begin here. Where such a span is of a call that Weir's advice has begun already,
     * it goes into that call's place.
     */
    static final class Start {

        static @Nullable Begin enter(Object kinds, Context parent, Object request) {
            return Begin.of(parent, kinds, request);
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

    static final class FromContext {

        static @Nullable Span exit(@Nullable Span result) {
            return result == null ? null : Joining.received(result);
        }
    }
}
