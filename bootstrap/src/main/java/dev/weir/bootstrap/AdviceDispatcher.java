package dev.weir.bootstrap;

import java.lang.invoke.CallSite;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/** The bootstrap method of the {@code invokedynamic} call sites in woven library classes. */
public final class AdviceDispatcher {

    /** Finds the advice beside the library. */
    public interface Linker {

        /**
         * Binds a place in a woven class to its advice.
         *
         * @param caller the woven class
         * @param advice the advice class's binary name
         * @param renaming see {@link AdviceDispatcher#link}
         */
        CallSite link(MethodHandles.Lookup caller, String name, MethodType type, String advice, String renaming)
                throws Throwable;
    }

    private static volatile @Nullable Linker linker;

    private AdviceDispatcher() {}

    /** Sets the linker. */
    public static void install(Linker installed) {
        linker = installed;
    }

    /**
     * Links one call site for good.
     *
     * @param renaming {@code from>to} when the advice was compiled against packages of another name, else empty
     * @throws IllegalStateException before a linker is installed
     */
    public static CallSite link(
            MethodHandles.Lookup caller, String name, MethodType type, String advice, String renaming)
            throws Throwable {
        Linker installed = linker;
        if (installed == null) throw new IllegalStateException("no linker for " + advice);
        return installed.link(caller, name, type, advice, renaming);
    }
}
