package dev.weir.instrumentation.opentelemetryapi;

import io.opentelemetry.context.Context;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/** Asks the API whether an exporter is at work: its requests are none of the application's doing. */
final class Suppression {

    /** Where the API keeps it: internal, so it has moved once, and may be gone one day. */
    private static final String[] PLACES = {"api.impl.InstrumentationUtil", "api.internal.InstrumentationUtil"};

    private static final @Nullable MethodHandle IS_ON = find();

    private Suppression() {}

    private static @Nullable MethodHandle find() {
        String context = Context.class.getName();
        String api = context.substring(0, context.length() - "context.Context".length());
        for (String place : PLACES) {
            try {
                Class<?> type = Class.forName(api + place, false, Context.class.getClassLoader());
                return MethodHandles.publicLookup()
                        .findStatic(
                                type,
                                "shouldSuppressInstrumentation",
                                MethodType.methodType(boolean.class, Context.class));
            } catch (ReflectiveOperationException | LinkageError e) {
                // Not here.
            }
        }
        return null;
    }

    static boolean isOn(Context context) {
        if (IS_ON == null) return false;
        try {
            return (boolean) IS_ON.invokeExact(context);
        } catch (Throwable t) {
            return false;
        }
    }
}
