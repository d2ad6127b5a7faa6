package dev.weir.agent.cli.serve;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Prints chains once they are quiet, and again when more of them comes. */
final class ChainPrinter implements AutoCloseable {
    private final TraceStore store;
    private final Duration quiet;
    private final Function<Chain.Snapshot, String> shape;
    private final PrintStream out;
    private final PrintStream err;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "weir-serve-printer");
        thread.setDaemon(true);
        return thread;
    });
    private @Nullable Future<?> printing;
    private boolean broken;

    /** @param shape how a chain is printed */
    ChainPrinter(
            TraceStore store,
            Duration quiet,
            Function<Chain.Snapshot, String> shape,
            PrintStream out,
            PrintStream err) {
        this.store = store;
        this.quiet = quiet;
        this.shape = shape;
        this.out = out;
        this.err = err;
    }

    void start() {
        long period = Math.max(10, Math.min(250, quiet.toMillis() / 4));
        printing = timer.scheduleWithFixedDelay(
                () -> print(store.takeFinished(quiet)), period, period, TimeUnit.MILLISECONDS);
    }

    private synchronized void print(List<Chain.Snapshot> chains) {
        for (Chain.Snapshot chain : chains) {
            try {
                out.println(shape.apply(chain));
            } catch (RuntimeException e) {
                err.println("weir serve: trace " + chain.summary().id() + " could not be printed: " + e);
            }
        }
        if (!chains.isEmpty() && out.checkError() && !broken) {
            broken = true;
            err.println("weir serve: stdout is closed; chains are still at /api/traces");
        }
    }

    /** Prints what is still waiting for its quiet period. */
    @Override
    public void close() {
        if (printing != null) {
            printing.cancel(false);
        }
        timer.shutdown();
        print(store.takeAll());
    }
}
