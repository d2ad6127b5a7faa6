package dev.weir.instrumentation.processes;

import dev.weir.bootstrap.ProcessFacts;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A process that is about to be started, and its environment. What is added goes into a copy: a builder that is used again
 * starts the next process with what the application gave it.
 */
final class StartedProcess extends ProcessFacts {

    private static final String[] HEADERS = {"traceparent", "tracestate", "baggage"};
    private static final String[] VARIABLES = {"TRACEPARENT", "TRACESTATE", "BAGGAGE"};

    private final @Nullable Map<String, String> environment;
    private final @Nullable String[] added = new @Nullable String[VARIABLES.length];
    private long pid;

    /** @param environment {@code null} where the process inherits this one's */
    StartedProcess(String[] command, @Nullable Map<String, String> environment) {
        super("processes", command);
        this.environment = environment;
    }

    @Override
    public @Nullable String header(String name) {
        int variable = indexOf(name);
        if (variable < 0) return null;
        if (added[variable] != null) return added[variable];
        return isInherited(environment, VARIABLES[variable]) || environment == null
                ? null
                : environment.get(VARIABLES[variable]);
    }

    @Override
    public boolean setHeader(String name, String value) {
        int variable = indexOf(name);
        if (variable < 0) return false;
        added[variable] = value;
        return true;
    }

    @Override
    public boolean replaceHeader(String name, String value) {
        return setHeader(name, value);
    }

    private static int indexOf(String header) {
        for (int i = 0; i < HEADERS.length; i++) if (HEADERS[i].equals(header)) return i;
        return -1;
    }

    /** What this process was told itself was said of it, not of those that it starts. */
    private static boolean isInherited(@Nullable Map<String, String> environment, String variable) {
        String own = System.getenv(variable);
        return own != null && (environment == null || own.equals(environment.get(variable)));
    }

    /** The environment with what goes along. */
    Map<String, String> carried() {
        Map<String, String> copy = copy(environment);
        for (int i = 0; i < VARIABLES.length; i++) {
            String value = added[i];
            if (value != null) copy.put(VARIABLES[i], value);
            else if (isInherited(environment, VARIABLES[i])) copy.remove(VARIABLES[i]);
        }
        return copy;
    }

    /** The environment of a process that has no cause here. */
    static @Nullable Map<String, String> withoutInherited(@Nullable Map<String, String> environment) {
        Map<String, String> copy = null;
        for (String variable : VARIABLES) {
            if (!isInherited(environment, variable)) continue;
            if (copy == null) copy = copy(environment);
            copy.remove(variable);
        }
        return copy == null ? environment : copy;
    }

    /** The JDK takes only maps of its own class. */
    private static Map<String, String> copy(@Nullable Map<String, String> environment) {
        Map<String, String> copy = new ProcessBuilder().environment();
        if (environment != null) {
            copy.clear();
            copy.putAll(environment);
        }
        return copy;
    }

    void is(Process process) {
        pid = process.pid();
    }

    @Override
    public long pid() {
        return pid;
    }
}
