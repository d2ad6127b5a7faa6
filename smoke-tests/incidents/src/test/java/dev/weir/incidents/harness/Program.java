package dev.weir.incidents.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A forked JVM and all that it has printed. */
public final class Program implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What an observer who knows nothing of Weir sees of a run. */
    public record Transcript(String program, List<String> stdout, int exitCode) {}

    private final String name;
    private final Process process;
    private final Lines stdout;
    private final Lines stderr;

    Program(String name, List<String> command) throws IOException {
        this(name, new ProcessBuilder(command));
    }

    /** Starts it. */
    public Program(String name, ProcessBuilder builder) throws IOException {
        this.name = name;
        this.process = builder.start();
        this.stdout = new Lines(process.getInputStream());
        this.stderr = new Lines(process.getErrorStream());
    }

    /** The address of {@code path} on the service that this program has started. */
    public String url(String path) throws InterruptedException {
        String line = stdout.await(printed -> printed.startsWith("listening "), this);
        return "http://127.0.0.1:" + line.substring("listening ".length()) + path;
    }

    /** What it has printed on stdout until now. */
    public List<String> stdout() {
        return stdout.soFar();
    }

    /** What it has printed on stderr until now. */
    public List<String> stderr() {
        return stderr.soFar();
    }

    /** Waits for a line on stderr; fails after a generous time or when the program ends without it. */
    public String awaitStderr(Predicate<String> line) throws InterruptedException {
        return stderr.await(line, this);
    }

    /** Waits for a line on stdout; fails after a generous time or when the program ends without it. */
    public String awaitStdout(Predicate<String> line) throws InterruptedException {
        return stdout.await(line, this);
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** Types a line. */
    public void tell(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** Sends it SIGTERM. */
    public void terminate() {
        process.toHandle().destroy();
    }

    /** Ends its standard input, which ends a service, and waits for the program's end. */
    public Transcript end() throws InterruptedException {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // It has ended already.
        }
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            close();
            throw new AssertionError(this + " does not end");
        }
        stdout.join();
        stderr.join();
        // The port is the one thing that may differ between two runs.
        List<String> printed = stdout.soFar().stream()
                .map(line -> line.replaceAll("^listening \\d+$", "listening"))
                .toList();
        return new Transcript(name, printed, process.exitValue());
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** The program's name in the incident. */
    public String name() {
        return name;
    }

    @Override
    public String toString() {
        return name + " (stdout: " + stdout.soFar() + ", stderr: " + String.join("\n", stderr.soFar()) + ")";
    }

    /** A stream that is read to its end. */
    private static final class Lines {
        private final List<String> lines = new ArrayList<>();
        private final Thread pump;
        private boolean ended;

        Lines(InputStream in) {
            pump = new Thread(() -> pump(in), "output");
            pump.setDaemon(true);
            pump.start();
        }

        private void pump(InputStream in) {
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) add(line);
            } catch (IOException e) {
                add("output broke off: " + e);
            }
            synchronized (this) {
                ended = true;
                notifyAll();
            }
        }

        private synchronized void add(String line) {
            lines.add(line);
            notifyAll();
        }

        synchronized List<String> soFar() {
            return List.copyOf(lines);
        }

        synchronized String await(Predicate<String> wanted, Program program) throws InterruptedException {
            long until = System.nanoTime() + PATIENCE.toNanos();
            while (true) {
                for (String line : lines) if (wanted.test(line)) return line;
                long left = (until - System.nanoTime()) / 1_000_000;
                if (ended || left <= 0) throw new AssertionError("a line is missing in the output of " + program);
                wait(left);
            }
        }

        void join() throws InterruptedException {
            pump.join(PATIENCE.toMillis());
        }
    }
}
