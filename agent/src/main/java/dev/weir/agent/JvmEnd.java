package dev.weir.agent;

import java.lang.instrument.Instrumentation;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/** The end of the JVM, in two steps: while the application's shutdown hooks run, and when they are through. */
final class JvmEnd implements Runnable {

    /** What there is to do. */
    interface Steps {

        /** Runs beside the application's shutdown hooks, which may go on for long. */
        void begin();

        /** Runs once: after those hooks when {@link #defer} could arrange it, else beside them. */
        void last();
    }

    /** {@code java.lang.Shutdown} has ten, run in order; the application's hooks are run in slot 1. */
    private static final int LAST_SLOT = 9;

    private final Instrumentation jvm;
    private final Steps steps;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile boolean deferred;

    JvmEnd(Instrumentation jvm, Steps steps) {
        this.jvm = jvm;
        this.steps = steps;
    }

    void await() {
        Runtime.getRuntime().addShutdownHook(new Thread(null, this, "weir-stop", 0, false));
    }

    @Override
    public void run() {
        steps.begin();
        if (!deferred) end();
    }

    private void end() {
        if (ended.compareAndSet(false, true)) steps.last();
    }

    /** Puts the last step behind the application's hooks, so that what they do is followed too. Not for start-up. */
    void defer() {
        try {
            jvm.redefineModule(
                    Object.class.getModule(),
                    Set.of(),
                    Map.of("jdk.internal.access", Set.of(JvmEnd.class.getModule())),
                    Map.of(),
                    Set.of(),
                    Map.of());
            Object access = Class.forName("jdk.internal.access.SharedSecrets")
                    .getMethod("getJavaLangAccess")
                    .invoke(null);
            Runnable end = this::end;
            Class.forName("jdk.internal.access.JavaLangAccess")
                    .getMethod("registerShutdownHook", int.class, boolean.class, Runnable.class)
                    .invoke(access, LAST_SLOT, false, end);
            deferred = true;
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            // This JDK does not let us, or its end has begun.
            deferred = false;
        }
    }
}
