package dev.weir.instrumentation.opentelemetryapi;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.TracerProvider;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind {@link GlobalOpenTelemetry} while the application puts nothing there: Weir. The API's own state is
 * left as it is, so whatever the application sets, now or later, is what it gets.
 */
final class Bridge {

    private static volatile @Nullable OpenTelemetry replacement;
    private static volatile boolean off;

    private Bridge() {}

    /** What the API answers, or Weir in place of nothing. */
    static OpenTelemetry orBridged(OpenTelemetry answer) {
        if (off || replacement != null || !isNoop(answer)) return answer;
        return BridgedOpenTelemetry.INSTANCE;
    }

    /** What tracers that were handed out before give way to; {@code null} as long as there is nothing else. */
    static @Nullable OpenTelemetry replacement() {
        return replacement;
    }

    /** Whether spans are still made here. */
    static boolean isOff() {
        return off;
    }

    /** The global was set: by the application, or by the API itself because somebody asked for it. */
    static void isSet(OpenTelemetry set) {
        if (!isNoop(set)) replacement = set;
        // Who sets nothing wants nothing.
        else if (!isCalledByTheApi()) off = true;
    }

    static void reset() {
        replacement = null;
        off = false;
    }

    private static boolean isNoop(OpenTelemetry any) {
        return any.getTracerProvider() == TracerProvider.noop();
    }

    private static boolean isCalledByTheApi() {
        return StackWalker.getInstance().walk(frames -> {
            boolean inSet = false;
            for (Iterator<StackWalker.StackFrame> each = frames.iterator(); each.hasNext(); ) {
                StackWalker.StackFrame frame = each.next();
                boolean api = frame.getClassName().equals(GlobalOpenTelemetry.class.getName());
                if (inSet) return api;
                inSet = api && frame.getMethodName().equals("set");
            }
            return false;
        });
    }
}
