package dev.weir.incidents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.incidents.harness.FaultServer;
import dev.weir.incidents.harness.Incident;
import dev.weir.incidents.harness.Mode;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.Run;
import dev.weir.incidents.harness.Span;
import dev.weir.incidents.retrytower.Agent;
import dev.weir.incidents.retrytower.Worker;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;

/** HTTP client × SDK × agent loop, three tries each, over a dependency that is dead in one way or another. */
final class RetryTower implements Incident<RetryTower.Measured> {

    private static final Duration PATIENT = Duration.ofSeconds(20);

    /** What the dependency, the worker and the user saw, and what was traced. */
    record Measured(int wireCalls, int workerCalls, int status, String answer, List<Span> spans) {}

    private final String name;
    private final FaultServer.Reply fault;
    private final Duration patience;
    private final boolean worker;

    private RetryTower(String name, FaultServer.Reply fault, Duration patience, boolean worker) {
        this.name = name;
        this.fault = fault;
        this.patience = patience;
        this.worker = worker;
    }

    /** All three layers in one process, over a dependency that answers 503. */
    static RetryTower unavailable() {
        return new RetryTower("retry-tower", FaultServer.Reply.of(503, "busy"), PATIENT, false);
    }

    /** All three layers in one process, over a dependency that reads and then drops the connection. */
    static RetryTower dropped() {
        return new RetryTower("retry-tower, dropped", FaultServer.Reply.drop(), PATIENT, false);
    }

    /** All three layers in one process, over a dependency that never answers. */
    static RetryTower silent() {
        return new RetryTower("retry-tower, silent", FaultServer.Reply.never(), Duration.ofMillis(400), false);
    }

    /** The innermost layer in a process of its own, over a dependency that answers 503. */
    static RetryTower twoProcesses() {
        return new RetryTower("retry-tower, two processes", FaultServer.Reply.of(503, "busy"), PATIENT, true);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Measured run(Run run) throws Exception {
        FaultServer dependency = run.with(FaultServer.start(request -> fault));
        HttpResponse<String> answer;
        int workerCalls = 0;
        if (worker) {
            Program between = run.start("worker", Worker.class, dependency.url("/reserve"));
            Program agent = run.start("agent", Agent.class, between.url("/reserve"), "1", "60000");
            answer = run.ask(agent.url("/run"));
            run.end(agent, "jdk-http-server", "jdk-http-client");
            run.end(between, "jdk-http-server", "jdk-http-client");
            workerCalls = (int) between.stderr().stream()
                    .filter(line -> line.startsWith("access "))
                    .count();
        } else {
            Program agent = run.start(
                    "agent", Agent.class, dependency.url("/reserve"), "3", String.valueOf(patience.toMillis()));
            answer = run.ask(agent.url("/run"));
            run.end(agent, "jdk-http-server", "jdk-http-client");
        }
        return new Measured(dependency.requests().size(), workerCalls, answer.statusCode(), answer.body(), run.spans());
    }

    @Override
    public void check(Mode mode, Measured measured) {
        assertEquals(502, measured.status, "the user is told that it failed");
        if (mode == Mode.ENFORCE) {
            assertTrue(measured.wireCalls >= 1 && measured.wireCalls <= 4, () -> measured.wireCalls + " wire calls");
            assertTrue(measured.workerCalls <= 4, () -> measured.workerCalls + " calls of the worker");
            if (!worker) {
                assertTrue(measured.answer.contains("weir.rule.retry-budget"), () -> "the error is " + measured.answer);
            }
            return;
        }
        assertEquals(27, measured.wireCalls);
        if (mode == Mode.OBSERVE) observed(measured);
    }

    private void observed(Measured measured) {
        Span root = Causality.root(measured.spans);
        List<Span> wire = measured.spans.stream()
                .filter(span -> span.kind() == Span.Kind.CLIENT)
                .filter(span -> span.service().equals(worker ? "worker" : "agent"))
                .sorted(Comparator.comparingLong(Span::startNanos))
                .toList();
        assertEquals(27, wire.size(), "spans of wire calls");
        assertEquals(
                1,
                wire.stream()
                        .map(span -> span.text("weir.operation.id"))
                        .distinct()
                        .count(),
                "they are one operation");
        assertEquals(
                LongStream.rangeClosed(1, 27).boxed().toList(),
                wire.stream().map(span -> span.number("weir.attempt")).toList(),
                "its attempts are numbered");
        if (worker) {
            assertEquals(9, measured.workerCalls);
            assertEquals(36, root.number("weir.attempts"), "9 calls of the worker and its 27");
            assertEquals(2, root.number("weir.operations"));
            assertEquals(27, root.number("weir.amplification"), "the dependency feels 27, through whatever process");
        } else {
            assertEquals(27, root.number("weir.attempts"));
            assertEquals(1, root.number("weir.operations"));
            assertEquals(27, root.number("weir.amplification"));
        }
        long flagged = wire.stream()
                .filter(span -> span.text("weir.verdict.retry-budget") != null)
                .count();
        assertEquals(23, flagged, "attempts that enforce would have refused");
    }

    @Override
    public String cell(Measured measured) {
        String cell = measured.wireCalls + " wire calls";
        Object amplification = measured.spans.stream()
                .map(span -> span.attributes().get("weir.amplification"))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse("");
        return cell + (amplification.equals("") ? "" : ", amplification " + amplification);
    }
}
