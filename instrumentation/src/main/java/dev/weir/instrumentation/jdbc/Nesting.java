package dev.weir.instrumentation.jdbc;

import org.jspecify.annotations.Nullable;

/** Whether this thread is inside a pool's or driver's method that calls JDBC again by itself. */
final class Nesting {

    /** A statement is being prepared: what is prepared for it further in is a part of it. */
    static final int PREPARING = 0;

    /** What this thread executes is the driver's own affair. */
    static final int QUIET = 1;

    /** A statement is being set up. A pool hands that on to the driver's statement. */
    static final int SETTING_UP = 2;

    /** A pool's statement closes the driver's. */
    static final int CLOSING = 3;

    // An array of the JDK's: an object of ours would tie the library's class loader to the application's threads.
    private static final ThreadLocal<int[]> depths = ThreadLocal.withInitial(() -> new int[4]);

    private Nesting() {}

    /** Returns what {@link #end} needs; {@code null} inside of another. */
    static int @Nullable [] begin(int which) {
        int[] depth = depths.get();
        if (depth[which] != 0) return null;
        depth[which] = 1;
        return depth;
    }

    /** Whether that was the outermost. */
    static boolean end(int which, int @Nullable [] begun) {
        if (begun == null) return false;
        begun[which] = 0;
        return true;
    }

    static boolean isQuiet() {
        return depths.get()[QUIET] != 0;
    }
}
