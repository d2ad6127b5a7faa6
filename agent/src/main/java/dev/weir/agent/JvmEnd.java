package dev.weir.agent;

import java.lang.instrument.Instrumentation;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/** The end of the JVM, in two steps: while the application's shutdown hooks run, and when they are through. */
final class JvmEnd {

    /** {@code java.lang.Shutdown} has ten, run in order; the application's hooks are run in slot 1. */
    private static final int LAST_SLOT = 9;

    private final Instrumentation jvm;
    private final Runnable begins;
    private final Runnable last;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile boolean deferred;

    /**
     * @param begins runs beside the application's shutdown hooks, which may go on for long
     * @param last runs once: after those hooks when {@link #defer} could arrange it, else beside them
     */
    JvmEnd(Instrumentation jvm, Runnable begins, Runnable last) {
        this.jvm = jvm;
        this.begins = begins;
        this.last = last;
    }

    void await() {
        Runtime.getRuntime().addShutdownHook(new Thread(null, this::begin, "weir-stop", 0, false));
    }

    private void begin() {
        begins.run();
        if (!deferred) end();
    }

    private void end() {
        if (ended.compareAndSet(false, true)) last.run();
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
