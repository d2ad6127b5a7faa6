package dev.weir.benchmark;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One process that answers requests with operations: time, CPU and bytes of each operation. */
final class OperationRun {

    private static final int SOCKET_TIMEOUT_MILLIS = 60_000;
    private static final int EXPORT_TIMEOUT_SECONDS = 15;

    private final JavaCommand java;
    private final Pace pace;
    private final URI target;
    private final Path directory;

    OperationRun(JavaCommand java, Pace pace, URI target, Path directory) {
        this.java = java;
        this.pace = pace;
        this.target = target;
        this.directory = directory;
    }

    RunResult run(Line line, Agent agent, String name) throws InterruptedException {
        Path errors = directory.resolve(name + ".err");
        try (SpanSink sink = new SpanSink();
                MeasuredProcess process = new MeasuredProcess(java.workload(line, agent, sink, target), errors);
                InboundRequests requests = new InboundRequests(process.port(), SOCKET_TIMEOUT_MILLIS)) {
            Driven driven = new Driven(line, agent, sink, process, requests);
            driven.warmUp();
            driven.measure();
            driven.awaitLastSpans();
            int status = process.stop();
            List<String> objections = new ArrayList<>();
            if (status != 0) {
                objections.add("ended with status " + status);
            }
            sink.complaint().ifPresent(objections::add);
            new SpanExpectation(driven.roots, line.spansPerRoot(agent))
                    .objection(sink.received())
                    .ifPresent(objections::add);
            AgentErrors.in(errors).ifPresent(objections::add);
            AgentErrors.in(process.printed()).ifPresent(objections::add);
            return new RunResult(line, agent, driven.values(), objections, driven.notes());
        } catch (IOException e) {
            String objection = e.getMessage() == null ? e.toString() : e.getMessage();
            return RunResult.failed(line, agent, objection + AgentErrors.lastLine(errors));
        }
    }

    /** The state of one process while it is driven. */
    private final class Driven {

        private final Line line;
        private final Agent agent;
        private final SpanSink sink;
        private final MeasuredProcess process;
        private final InboundRequests requests;
        private final ThreadTimes cpu;
        private final int rootsPerBurst;
        private final Batches batches;
        private long roots;
        private long measuredOperations;
        private long measuredBytes;
        private int diedThreads;
        private int lateBursts;
        private boolean stable;

        Driven(Line line, Agent agent, SpanSink sink, MeasuredProcess process, InboundRequests requests) {
            this.line = line;
            this.agent = agent;
            this.sink = sink;
            this.process = process;
            this.requests = requests;
            this.cpu = new ThreadTimes(process.pid());
            this.rootsPerBurst = line.rootsPerBurst(pace.rootsPerBurst());
            this.batches = new Batches(pace.batches());
        }

        /** Back to back, so that the compiler is done soon; but never faster than the exporter. */
        void warmUp() throws IOException, InterruptedException {
            long start = System.nanoTime();
            Deque<Double> last = new ArrayDeque<>();
            cpu.advance();
            do {
                long nanos = 0;
                for (int i = 0; i < pace.burstsPerBatch(); i++) {
                    nanos += burst();
                }
                ThreadTimes.Used used = cpu.advance();
                last.addLast((double) nanos);
                if (last.size() > Pace.STABLE_BATCHES) {
                    last.removeFirst();
                }
                stable = used.compiler() < Pace.COMPILER_AT_REST * used.program()
                        && last.size() == Pace.STABLE_BATCHES
                        && Sample.of(last).within(Pace.SAME_TIME);
            } while (seconds(start) < pace.minimumWarmUpSeconds()
                    || !stable && seconds(start) < pace.maximumWarmUpSeconds());
        }

        void measure() throws IOException, InterruptedException {
            StolenTime stolen = new StolenTime();
            while (!batches.enough()) {
                measureBatch(stolen);
            }
        }

        private void measureBatch(StolenTime stolen) throws IOException, InterruptedException {
            MeasuredProcess.Mark before = process.mark();
            cpu.advance();
            stolen.advance();
            int diedBefore = cpu.died();
            long nanos = 0;
            long next = System.nanoTime();
            for (int i = 0; i < pace.burstsPerBatch(); i++) {
                nanos += burst();
                next += TimeUnit.MILLISECONDS.toNanos(pace.burstMillis());
                if (System.nanoTime() > next) {
                    lateBursts++;
                    next = System.nanoTime();
                }
                while (System.nanoTime() < next) {
                    LockSupport.parkNanos(next - System.nanoTime());
                }
            }
            long cpuNanos = cpu.advance().program();
            double stolenShare = stolen.advance();
            MeasuredProcess.Mark after = process.mark();
            long operations = (long) pace.burstsPerBatch() * rootsPerBurst * line.operationsPerRoot();
            batches.add(new Batches.Batch(stolenShare, (double) nanos / operations, (double) cpuNanos / operations));
            measuredOperations += operations;
            measuredBytes += after.allocatedBytes() - before.allocatedBytes();
            diedThreads += Math.max(after.diedThreads() - before.diedThreads(), cpu.died() - diedBefore);
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
                    throw new IOException(
                            "gave up after waiting " + EXPORT_TIMEOUT_SECONDS + " s for spans: " + missing);
                }
            }
            long nanos = 0;
            for (int i = 0; i < rootsPerBurst; i++) {
                nanos += line.kind().hasRoots() ? requests.send() : process.runOutside();
                roots++;
            }
            return nanos;
        }

        /** Of an agent that forgets them when the program ends. */
        void awaitLastSpans() throws InterruptedException {
            if (!agent.flushesAtTheEnd()) {
                sink.awaitAllBut(0, roots * line.spansPerRoot(agent), EXPORT_TIMEOUT_SECONDS, TimeUnit.SECONDS);
            }
        }

        Map<Metric, Double> values() {
            Map<Metric, Double> values = new EnumMap<>(Metric.class);
            values.put(Metric.OPERATION_TIME, batches.median(Batches.Batch::nanos) / 1_000);
            values.put(Metric.OPERATION_CPU, batches.median(Batches.Batch::cpuNanos) / 1_000);
            values.put(Metric.OPERATION_BYTES, (double) measuredBytes / measuredOperations);
            return values;
        }

        List<String> notes() {
            List<String> notes = new ArrayList<>();
            if (!stable) {
                notes.add("never became stable: measured after the longest warm-up");
            }
            if (lateBursts > 0) {
                notes.add("bursts came late, so the pace was slower than asked for");
            }
            if (batches.disturbed()) {
                notes.add("other machines took the CPU in every attempt at some batch");
            }
            if (diedThreads > 0) {
                notes.add("threads died while measured, with some of their CPU and bytes uncounted");
            }
            return notes;
        }

        private static double seconds(long since) {
            return (System.nanoTime() - since) / 1e9;
        }
    }
}
