package dev.weir.benchmark;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One process that answers requests with operations: time, CPU and bytes of each operation. */
final class DrivenProcess implements AutoCloseable {

    private static final int SOCKET_TIMEOUT_MILLIS = 60_000;
    private static final int EXPORT_TIMEOUT_SECONDS = 15;

    /** What share of the program's own CPU the JIT compiler may still use. */
    private static final double COMPILER_AT_REST = 0.25;

    /** In so many turns in a row: it is done with what is run most. */
    private static final int RESTFUL_TURNS = 20;

    private final Pace pace;
    private final Line line;
    private final Agent agent;
    private final Path errors;
    private final SpanSink sink;
    private final MeasuredProcess process;
    private final ThreadTimes cpu;
    private final int rootsPerBurst;
    private final Turns turns;
    private final StolenTime stolen;
    private @Nullable InboundRequests requests;
    private long roots;
    private int warmUpTurns;
    private int restful;
    private MeasuredProcess.@Nullable Mark beforeTurns;
    private int diedBefore;
    private long measuredOperations;
    private long programNanos;
    private long compilerNanos;
    private long turnOperations;
    private double turnNanos;
    private double turnStolen;

    DrivenProcess(JavaCommand java, Pace pace, URI target, Line line, Agent agent, Path errors)
            throws IOException, InterruptedException {
        this.pace = pace;
        this.line = line;
        this.agent = agent;
        this.errors = errors;
        this.rootsPerBurst = line.rootsPerBurst(pace.rootsPerBurst());
        this.turns = new Turns(pace.countedTurns());
        this.stolen = new StolenTime();
        this.sink = new SpanSink();
        try {
            process = new MeasuredProcess(java.workload(line, agent, sink, target), errors);
        } catch (IOException | InterruptedException | RuntimeException e) {
            sink.close();
            throw e;
        }
        cpu = new ThreadTimes(process.pid());
    }

    MeasuredProcess process() {
        return process;
    }

    /** A turn that is not measured, unless the compiler is at rest already, or there were enough. */
    void warmUp() throws IOException, InterruptedException {
        if (isWarm()) {
            return;
        }
        if (requests == null) {
            connect();
        }
        ThreadTimes.Used used = cpu.advance();
        restful = used.compiler() < COMPILER_AT_REST * used.program() ? restful + 1 : 0;
        warmUpTurns++;
        drive();
    }

    boolean isWarm() {
        return restful >= RESTFUL_TURNS || warmUpTurns >= pace.warmUpTurns(line);
    }

    /** Again after others had warmed up: the JDK's server closes connections that are silent for 30 s. */
    void connect() throws IOException {
        if (requests != null) {
            requests.close();
        }
        requests = new InboundRequests(process.port(), SOCKET_TIMEOUT_MILLIS);
    }

    /** Drives it for a while. What it does until its next turn is a cost of this one: exporters work later. */
    void turn() throws IOException, InterruptedException {
        endTurn();
        stolen.advance();
        turnOperations = 0;
        turnNanos = drive();
        turnStolen = stolen.advance();
    }

    /** To be called once more after the last turn of all processes. */
    void endTurn() throws IOException, InterruptedException {
        ThreadTimes.Used used = cpu.advance();
        if (beforeTurns == null) {
            beforeTurns = process.mark();
            diedBefore = cpu.died();
            cpu.advance();
            return;
        }
        double program = used.program();
        turns.add(new Turns.Turn(turnStolen, turnNanos / turnOperations, program / turnOperations));
        measuredOperations += turnOperations;
        programNanos += used.program();
        compilerNanos += used.compiler();
    }

    private long drive() throws IOException, InterruptedException {
        long nanos = 0;
        long start = System.nanoTime();
        do {
            nanos += burst();
            turnOperations += (long) rootsPerBurst * line.operationsPerRoot();
        } while (System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(pace.turnMillis()));
        return nanos;
    }

    /** Waits until the exporter's queue has room for all of the burst's spans: dropping is not what is measured. */
    private long burst() throws IOException, InterruptedException {
        int spansPerRoot = line.spansPerRoot(agent);
        if (agent.exports()) {
            long room = agent.exportQueue() - 2L * rootsPerBurst * spansPerRoot;
            long sent = roots * spansPerRoot;
            if (!sink.awaitAllBut(Math.max(room, 0), sent, EXPORT_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                String missing = new SpanExpectation(roots, spansPerRoot)
                        .objection(sink.received())
                        .orElse("spans came late");
                throw new IOException("gave up after waiting " + EXPORT_TIMEOUT_SECONDS + " s for spans: " + missing);
            }
        }
        InboundRequests connected = Objects.requireNonNull(requests);
        long nanos = 0;
        for (int i = 0; i < rootsPerBurst; i++) {
            nanos += line.kind().hasRoots() ? connected.send() : process.runOutside();
            roots++;
        }
        return nanos;
    }

    /** Ends it, and says what it showed. */
    RunResult result(List<String> furtherNotes) throws IOException, InterruptedException {
        MeasuredProcess.Mark first = Objects.requireNonNull(beforeTurns);
        MeasuredProcess.Mark last = process.mark();
        int died = Math.max(last.diedThreads() - first.diedThreads(), cpu.died() - diedBefore);
        if (!agent.flushesAtTheEnd()) {
            sink.awaitAllBut(0, roots * line.spansPerRoot(agent), EXPORT_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        }
        int status = process.stop();
        Map<Metric, Double> values = new EnumMap<>(Metric.class);
        values.put(Metric.OPERATION_TIME, turns.median(Turns.Turn::nanos) / 1_000);
        values.put(Metric.OPERATION_CPU, turns.median(Turns.Turn::cpuNanos) / 1_000);
        values.put(
                Metric.OPERATION_BYTES, (double) (last.allocatedBytes() - first.allocatedBytes()) / measuredOperations);
        return new RunResult(line, agent, values, objections(status), notes(died, furtherNotes));
    }

    private List<String> objections(int status) throws IOException, InterruptedException {
        List<String> objections = new ArrayList<>();
        if (status != 0) {
            objections.add("ended with status " + status);
        }
        sink.complaint().ifPresent(objections::add);
        new SpanExpectation(roots, line.spansPerRoot(agent))
                .objection(sink.received())
                .ifPresent(objections::add);
        AgentErrors.in(errors).ifPresent(objections::add);
        AgentErrors.in(process.printed()).ifPresent(objections::add);
        return objections;
    }

    private List<String> notes(int died, List<String> further) {
        List<String> notes = new ArrayList<>(further);
        if (compilerNanos > COMPILER_AT_REST * programNanos) {
            notes.add("the JIT compiler was not at rest: measured after the longest warm-up");
        }
        if (turns.disturbed()) {
            notes.add("other machines took the CPU in too many turns");
        }
        if (died > 0) {
            notes.add("threads died while measured, with some of their CPU and bytes uncounted");
        }
        return notes;
    }

    @Override
    public void close() throws IOException {
        try (sink;
                process) {
            if (requests != null) {
                requests.close();
            }
        }
    }
}
