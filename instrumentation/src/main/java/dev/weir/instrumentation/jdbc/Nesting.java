package dev.weir.instrumentation.jdbc;

/** Whether this thread is inside a pool's or driver's method that calls JDBC again by itself. */
final class Nesting {

    private static final int PREPARING = 0;
    private static final int QUIET = 1;

    // An array of the JDK's: an object of ours would tie the library's class loader to the application's threads.
    private static final ThreadLocal<int[]> depths = ThreadLocal.withInitial(() -> new int[2]);

    private Nesting() {}

    /** A statement is being prepared: what is prepared for it further in is a part of it. */
    static Integer prepare() {
        return set(PREPARING, 1);
    }

    /** Whether the {@link #prepare} that returned {@code previous} is over, and whether it was the outermost. */
    static boolean prepared(Integer previous) {
        depths.get()[PREPARING] = previous;
        return previous == 0;
    }

    /** Until {@link #endQuiet}, what this thread executes is the driver's own affair. */
    static Integer quiet() {
        return set(QUIET, 1);
    }

    static void endQuiet(Integer previous) {
        depths.get()[QUIET] = previous;
    }

    static boolean isQuiet() {
        return depths.get()[QUIET] != 0;
    }

    private static Integer set(int which, int value) {
        int[] depth = depths.get();
        int previous = depth[which];
        depth[which] = value;
        return previous;
    }
}
