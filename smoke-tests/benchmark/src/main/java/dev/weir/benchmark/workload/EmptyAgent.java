package dev.weir.benchmark.workload;

/** The agent that does nothing: what attaching any agent costs. */
public final class EmptyAgent {

    private EmptyAgent() {}

    public static void premain(String arguments) {}
}
