package dev.weir.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process of our own making, with what it prints kept in two files; closing it ends it. */
final class ForkedJvm implements AutoCloseable {
    private static final int TAIL_LINES = 20;
    private static final long LINE_SECONDS = 90;

    final String name;
    final Path out;
    final Path err;
    private final Process process;

    private ForkedJvm(String name, Path out, Path err, Process process) {
        this.name = name;
        this.out = out;
        this.err = err;
        this.process = process;
    }

    /** Starts this JVM's {@code java} with the arguments. */
    static ForkedJvm start(String name, Path folder, List<String> arguments) throws IOException {
        Path out = folder.resolve(name + ".out");
        Path err = folder.resolve(name + ".err");
        ProcessBuilder builder = new ProcessBuilder();
        builder.command()
                .add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        builder.command().addAll(arguments);
        builder.redirectOutput(out.toFile()).redirectError(err.toFile());
        withoutOutsideSettings(builder.environment());
        return new ForkedJvm(name, out, err, builder.start());
    }

    /** Waits for a line on standard error or standard output. */
    MatchResult awaitLine(Pattern pattern, String what) throws IOException, StepFailed, InterruptedException {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(LINE_SECONDS);
        while (true) {
            boolean alive = process.isAlive();
            for (Path file : List.of(err, out)) {
                Matcher matcher = pattern.matcher(read(file));
                if (matcher.find()) {
                    return matcher.toMatchResult();
                }
            }
            if (!alive) {
                throw failed("ended with exit code " + process.exitValue() + " before " + what);
            }
            if (System.nanoTime() > giveUp) {
                throw failed("has not come to this in " + LINE_SECONDS + " seconds: " + what);
            }
            process.waitFor(20, TimeUnit.MILLISECONDS);
        }
    }

    /** Lets a process of the shop end by itself: it does when its standard input ends. */
    void finish() throws IOException, StepFailed, InterruptedException {
        process.getOutputStream().close();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw failed("does not end when its standard input does");
        }
        if (process.exitValue() != 0) {
            throw failed("ended with exit code " + process.exitValue());
        }
    }

    StepFailed failed(String message) throws IOException {
        List<String> lines = read(err).lines().toList();
        List<String> tail = lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
        return new StepFailed("process \"" + name + "\" " + message + "\nthe end of " + err + ":\n  "
                + (tail.isEmpty() ? "(nothing)" : String.join("\n  ", tail)));
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    String printed() {
        return read(out);
    }

    String logged() {
        return read(err);
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void withoutOutsideSettings(Map<String, String> environment) {
        environment
                .keySet()
                .removeIf(name -> name.startsWith("OTEL_")
                        || name.startsWith("WEIR_")
                        || name.equals("JAVA_TOOL_OPTIONS")
                        || name.equals("JDK_JAVA_OPTIONS")
                        || name.equals("_JAVA_OPTIONS"));
    }
}
