package dev.weir.backend;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A JVM that this test has started, and what it says, standard error included. */
final class Forked implements AutoCloseable {
    private static final long PATIENCE_MILLIS = TimeUnit.SECONDS.toMillis(180);

    private final Process process;
    private final List<String> said = new ArrayList<>();
    private boolean ended;

    private Forked(Process process) {
        this.process = process;
        Thread reader = new Thread(this::read, "output of " + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    static Forked java(Path workingFolder, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(workingFolder.toFile()).redirectErrorStream(true);
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("OTEL_") || name.startsWith("WEIR_") || name.startsWith("SW_"));
        return new Forked(builder.start());
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) add(line);
        } catch (IOException e) {
            add("its output broke off: " + e);
        }
        synchronized (this) {
            ended = true;
            notifyAll();
        }
    }

    private synchronized void add(String line) {
        said.add(line);
        notifyAll();
    }

    synchronized String awaitLine(Predicate<String> wanted) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (true) {
            for (String line : said) if (wanted.test(line)) return line;
            long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
            if (ended || left <= 0) throw new AssertionError("a line is missing in " + said);
            wait(left);
        }
    }

    synchronized List<String> said() {
        return List.copyOf(said);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Ends its standard input, and waits for its end. */
    void end() throws IOException, InterruptedException {
        process.getOutputStream().close();
        if (!process.waitFor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) throw new AssertionError("goes on: " + said());
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
