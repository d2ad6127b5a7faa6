package dev.weir.instrumentation.brave;

import brave.Tracing;
import brave.propagation.TraceContext;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import org.jspecify.annotations.Nullable;

/** Brave, the tracer of Zipkin and of Micrometer Tracing: its spans and Weir's become one tree. */
public final class BraveInstrumentation implements Instrumentation {

    @Override
    public String name() {
        return "brave";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type("brave.propagation.ThreadLocalCurrentTraceContext")
                .exactly("get", "Current")
                .exactly("newScope", "NewScope", "brave.propagation.TraceContext");
    }

    /** Whoever asks for the current span gets Weir's, where that is the innermost one. */
    static final class Current {

        static @Nullable TraceContext exit(@Nullable TraceContext result) {
            Hooks.SpanContext nearer = Hooks.span(result == null ? "" : result.spanIdString());
            if (nearer == null || (result != null && nearer.spanId.equals(result.spanIdString()))) return result;
            // Baggage stays.
            TraceContext.Builder builder = result == null ? TraceContext.newBuilder() : result.toBuilder();
            return builder.traceIdHigh(Long.parseUnsignedLong(nearer.traceId, 0, 16, 16))
                    .traceId(Long.parseUnsignedLong(nearer.traceId, 16, 32, 16))
                    .parentId(null)
                    .spanId(Long.parseUnsignedLong(nearer.spanId, 16))
                    .sampled((nearer.flags & 1) == 1)
                    .build();
        }
    }

    static final class NewScope {

        static void exit() {
            CurrentSpan.begin();
        }
    }

    /** Tells Weir of Brave's current span. */
    private static final class CurrentSpan implements Hooks.CurrentSpan {

        private static final String HALF = "0000000000000000";

        /** Held here: Weir holds it weakly, so that it goes when the application's class loader goes. */
        private static final CurrentSpan SOURCE = new CurrentSpan();

        static {
            Hooks.tellsOfSpans(SOURCE);
        }

        static void begin() {}

        @Override
        public Hooks.@Nullable SpanContext get() {
            try {
                Tracing tracing = Tracing.current();
                TraceContext current =
                        tracing == null ? null : tracing.currentTraceContext().get();
                if (current == null) return null;
                String traceId = current.traceIdString();
                boolean dropped = Boolean.FALSE.equals(current.sampled());
                return new Hooks.SpanContext(
                        traceId.length() == HALF.length() ? HALF + traceId : traceId,
                        current.spanIdString(),
                        (byte) (dropped ? 0 : 1),
                        null);
            } catch (RuntimeException | LinkageError e) {
                // Somebody's own context: then nobody knows.
                return null;
            }
        }
    }
}
