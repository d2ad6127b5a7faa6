package dev.weir.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Hello world, twice: timed with nothing else on, then watched for its classes and memory.
 *
 * <p>CPU is what the kernel charged the ended process, read by the shell that waited for it, to the millisecond.
 */
final class StartUpRun {

    private static final int TIMEOUT_SECONDS = 120;
    private static final String TIMED =
            "export LC_ALL=C; TIMEFORMAT='%R %U %S'; time \"${@:2}\" >\"$1.out\" 2>\"$1.err\"";

    private final JavaCommand java;
    private final Path directory;

    StartUpRun(JavaCommand java, Path directory) {
        this.java = java;
        this.directory = directory;
    }

    RunResult run(Agent agent, String name) throws InterruptedException {
        Path errors = directory.resolve(name + ".err");
        try (SpanSink sink = new SpanSink()) {
            Map<Metric, Double> values = new EnumMap<>(Metric.class);
            List<String> objections = new ArrayList<>();
            time(agent, sink, directory.resolve(name), values);
            AgentErrors.in(errors).ifPresent(objections::add);
            watch(agent, sink, directory.resolve(name + "-watched"), values);
            sink.complaint().ifPresent(objections::add);
            new SpanExpectation(0, 0).objection(sink.received()).ifPresent(objections::add);
            return new RunResult(Line.HELLO, agent, values, objections, List.of());
        } catch (IOException e) {
            return RunResult.failed(Line.HELLO, agent, e.getMessage() + AgentErrors.lastLine(errors));
        }
    }

    private void time(Agent agent, SpanSink sink, Path files, Map<Metric, Double> values)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("bash", "-c", TIMED, "bash", files.toString()));
        command.addAll(java.hello(agent, sink));
        Process shell = JavaCommand.builder(command).redirectErrorStream(true).start();
        await(shell);
        String times = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        requireHello(shell, Path.of(files + ".out"));
        ShellTimes spent = ShellTimes.parse(times);
        values.put(Metric.START_WALL, spent.wallMillis());
        values.put(Metric.START_CPU, spent.userMillis() + spent.systemMillis());
    }

    private void watch(Agent agent, SpanSink sink, Path files, Map<Metric, Double> values)
            throws IOException, InterruptedException {
        Path classes = Path.of(files + ".classes");
        Process process = JavaCommand.builder(
                        java.hello(agent, sink, "-Xlog:class+load=info:file=" + classes + ":none"))
                .redirectOutput(Path.of(files + ".out").toFile())
                .redirectError(Path.of(files + ".err").toFile())
                .start();
        long kilobytes = 0;
        // The peak only ever grows, and the kernel forgets it when the process ends: so look until it does.
        for (int i = 0; process.isAlive() && i < TIMEOUT_SECONDS * 1_000; i++) {
            kilobytes = Math.max(
                    kilobytes, ProcessStatus.peakKilobytes(process.pid()).orElse(0L));
            TimeUnit.MILLISECONDS.sleep(1);
        }
        await(process);
        requireHello(process, Path.of(files + ".out"));
        try (Stream<String> lines = Files.lines(classes)) {
            values.put(Metric.START_CLASSES, (double)
                    lines.filter(line -> line.contains(" source: ")).count());
        }
        values.put(Metric.START_RSS, kilobytes / 1024.0);
    }

    private static void await(Process process) throws IOException, InterruptedException {
        if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new IOException("did not end within " + TIMEOUT_SECONDS + " s");
        }
    }

    private static void requireHello(Process process, Path output) throws IOException {
        if (process.exitValue() != 0) {
            throw new IOException("ended with status " + process.exitValue());
        }
        if (Files.readAllLines(output).stream().noneMatch("hello, world"::equals)) {
            throw new IOException("did not say hello");
        }
    }
}
