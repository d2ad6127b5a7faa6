package dev.weir.agent.config;

import java.io.PrintStream;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The agent's own lines. They go to stderr only: stdout belongs to the application. */
public final class Log {

    /** How much is said. */
    public enum Level {
        QUIET,
        INFO,
        DEBUG
    }

    private static final int REMEMBERED = 1_000;

    private final PrintStream err;
    private final Level level;
    private final Set<String> said = ConcurrentHashMap.newKeySet();
    private final AtomicLong failures = new AtomicLong();

    public Log(PrintStream err, Level level) {
        this.err = err;
        this.level = level;
    }

    /** A line that a user wants at start and stop. */
    public void info(String line) {
        if (level != Level.QUIET) print(line);
    }

    /** Something is wrong that a person can mend. Said even when quiet. */
    public void warn(String line) {
        print(line);
    }

    /** Like {@link #warn}, but only the first time for this topic. */
    public void warnOnce(String topic, String line) {
        if (said.size() < REMEMBERED && said.add(topic)) print(line);
    }

    /** For people who look for a fault. */
    public void debug(String line) {
        if (level == Level.DEBUG) print(line);
    }

    /** The agent itself failed; the application goes on. Counted always, said once for each place. */
    public void failure(String where, Throwable cause) {
        failures.incrementAndGet();
        if (said.size() >= REMEMBERED || !said.add("failure " + where)) return;
        print("internal failure in " + where + ", the application goes on without: " + cause);
        if (level == Level.DEBUG) cause.printStackTrace(err);
    }

    /** Whether people look for a fault. */
    public boolean isDebug() {
        return level == Level.DEBUG;
    }

    /** How often the agent itself failed. */
    public long failures() {
        return failures.get();
    }

    private void print(String line) {
        err.println(line.startsWith("weir: ") ? line : "weir: " + line);
    }
}
