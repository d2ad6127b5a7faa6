package dev.weir.agent;

import java.lang.instrument.Instrumentation;
import java.util.Map;
import java.util.Set;

/** The end of the JVM, in two steps: while the application's shutdown hooks run, and when they are through. */
final class JvmEnd {

    /** {@code java.lang.Shutdown} has ten, run in order; the application's hooks are run in slot 1. */
    private static final int LAST_SLOT = 9;

    private JvmEnd() {}

    /**
     * @param begins runs beside the application's shutdown hooks, which may go on for long
     * @param last runs after them: what they do is followed too
     */
    static void await(Instrumentation jvm, Runnable begins, Runnable last) {
        boolean inOrder = afterHooks(jvm, last);
        Runnable hook = inOrder
                ? begins
                : () -> {
                    begins.run();
                    last.run();
                };
        Runtime.getRuntime().addShutdownHook(new Thread(null, hook, "weir-stop", 0, false));
    }

    /** @return false where this JDK does not let us */
    private static boolean afterHooks(Instrumentation jvm, Runnable last) {
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
            Class.forName("jdk.internal.access.JavaLangAccess")
                    .getMethod("registerShutdownHook", int.class, boolean.class, Runnable.class)
                    .invoke(access, LAST_SLOT, false, last);
            return true;
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            return false;
        }
    }
}
