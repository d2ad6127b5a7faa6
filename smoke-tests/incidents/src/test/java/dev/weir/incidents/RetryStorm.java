package dev.weir.incidents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.incidents.harness.FaultServer;
import dev.weir.incidents.harness.Incident;
import dev.weir.incidents.harness.Mode;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.Run;
import dev.weir.incidents.harness.Span;
import dev.weir.incidents.retrystorm.Agents;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Two errors in a hundred, a dependency that slows down under load, and a moment in which many agents start at once.
 * Every layer retries what takes too long, and what it has given up is still worked on over there.
 */
final class RetryStorm implements Incident<RetryStorm.Measured> {

    private static final int STEADY = 75;
    private static final int TOGETHER = 100;
    private static final int TOOLS = 10;
    private static final int RUNS = STEADY + TOGETHER;
    private static final double NORMAL_CALLS = RUNS * TOOLS * 1.02;
    private static final double ERRORS = 0.02;
    private static final int PATIENCE_MILLIS = 600;
    private static final int BETWEEN_MILLIS = 132;
    private static final int STEADY_BEFORE = 15;

    /** What became of the agents with one algorithm, and how much the dependency was asked. */
    record Outcome(String algorithm, int failed, int calls) {
        double load() {
            return calls / NORMAL_CALLS;
        }
    }

    /** The outcomes, and what was traced. */
    record Measured(List<Outcome> outcomes, List<Span> spans) {}

    /** One thing after the other, slower the more there is to do; what nobody waits for is done all the same. */
    private static final class Dependency {
        private static final long NANOS = 8_000_000;
        private long freeAt = System.nanoTime();
        private int requests;

        synchronized FaultServer.Reply answer(FaultServer.Request request) {
            long now = System.nanoTime();
            long queue = Math.max(0, freeAt - now);
            long work = NANOS + NANOS * Math.min(100, queue / NANOS) / 100;
            freeAt = now + queue + work;
            boolean error = ++requests % Math.round(1 / ERRORS) == 0;
            return (error ? FaultServer.Reply.of(500, "sorry") : FaultServer.Reply.of(200, "done"))
                    .after(Duration.ofNanos(freeAt - now));
        }
    }

    @Override
    public String name() {
        return "retry-storm";
    }

    @Override
    public List<String> rules() {
        return List.of("retry-budget", "rate-limit");
    }

    @Override
    public boolean needsCpu() {
        return true;
    }

    @Override
    public Measured run(Run run) throws Exception {
        List<Outcome> outcomes = new ArrayList<>();
        outcomes.add(outcome(run, "gradient"));
        if (run.mode() == Mode.ENFORCE) outcomes.add(outcome(run, "aimd"));
        return new Measured(outcomes, run.spans());
    }

    private static Outcome outcome(Run run, String algorithm) throws Exception {
        FaultServer server = run.with(FaultServer.start(new Dependency()::answer));
        Program agents = run.start(
                List.of(
                        "weir.rule.rate-limit.concurrency=" + algorithm,
                        "weir.scope.run=" + Agents.class.getName() + "#run",
                        "weir.scope.retry="
                                + Stream.of("agentTry", "sdkTry", "transportTry")
                                        .map(layer -> Agents.class.getName() + "#" + layer)
                                        .collect(Collectors.joining(","))),
                "agents",
                Agents.class,
                server.url("/tools"),
                String.valueOf(PATIENCE_MILLIS),
                String.valueOf(STEADY),
                String.valueOf(BETWEEN_MILLIS),
                String.valueOf(TOGETHER),
                String.valueOf(STEADY_BEFORE));
        String line = agents.awaitStderr(printed -> printed.startsWith("failed "));
        run.end(agents, "jdk-http-client", "declared-scopes");
        int failed = Integer.parseInt(line.substring("failed ".length()));
        return new Outcome(algorithm, failed, server.requests().size());
    }

    @Override
    public void check(Mode mode, Measured measured) {
        Outcome outcome = measured.outcomes.get(0);
        if (mode == Mode.ENFORCE) {
            assertEquals("gradient", outcome.algorithm);
            // A tool that gets one retry fails when both tries do.
            double independent = RUNS * TOOLS * ERRORS * ERRORS;
            assertTrue(outcome.failed <= Math.ceil(1.5 * independent), () -> outcome.failed + " runs failed");
            assertTrue(outcome.load() <= 1.25, () -> outcome.calls + " calls");
            return;
        }
        assertTrue(outcome.failed >= RUNS / 5, () -> "little harm: " + outcome.failed + " runs failed");
        assertTrue(outcome.load() >= 2, () -> "little harm: " + outcome.calls + " calls");
        if (mode == Mode.OBSERVE) observed(measured.spans);
    }

    private static void observed(List<Span> spans) {
        Set<String> layers = spans.stream()
                .map(span -> String.valueOf(span.text("weir.attempt.layers")))
                .collect(Collectors.toSet());
        assertTrue(
                layers.stream().anyMatch(path -> path.matches(".*agentTry:3/.*sdkTry:9/.*transportTry:27")),
                () -> "the layers that multiply are named: " + layers);
        assertTrue(
                spans.stream()
                        .filter(span -> span.kind() == Span.Kind.INTERNAL && span.text("weir.amplification") != null)
                        .anyMatch(span -> span.number("weir.amplification") == 27),
                "a run says by how much");
        for (String verdict : List.of("rate-limit would-delay", "retry-budget would-deny")) {
            String[] words = verdict.split(" ");
            assertTrue(
                    spans.stream().anyMatch(span -> words[1].equals(span.text("weir.verdict." + words[0]))),
                    () -> "what enforce would have done is recorded: " + verdict);
        }
    }

    @Override
    public String cell(Measured measured) {
        List<String> parts = new ArrayList<>();
        for (Outcome each : measured.outcomes) {
            parts.add((measured.outcomes.size() == 1 ? "" : each.algorithm + ": ")
                    + String.format(
                            Locale.ROOT,
                            "%d of %d runs fail, %.2f times the normal load",
                            each.failed,
                            RUNS,
                            each.load()));
        }
        return String.join("; ", parts);
    }
}
