package dev.weir.benchmark;

import dev.weir.benchmark.workload.WorkloadProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** A forked {@link WorkloadProcess}, or another program that says its port and obeys, and its commands. */
final class MeasuredProcess implements AutoCloseable {

    private static final String ENDED = "";

    private final Process process;
    private final Writer commands;
    private final BlockingQueue<String> answers = new ArrayBlockingQueue<>(16);
    private final Queue<String> printed = new ConcurrentLinkedQueue<>();
    private final Thread reader;
    private final int port;

    MeasuredProcess(List<String> command, Path errors) throws IOException, InterruptedException {
        process = JavaCommand.builder(command).redirectError(errors.toFile()).start();
        commands = process.outputWriter(StandardCharsets.UTF_8);
        reader = new Thread(this::readAnswers, "answers");
        reader.setDaemon(true);
        reader.start();
        try {
            port = Integer.parseInt(answer(90));
        } catch (IOException | InterruptedException | RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** The port at which it waits for requests. */
    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    /** Bytes allocated so far, and threads that died so far. */
    Mark mark() throws IOException, InterruptedException {
        commands.write("mark\n");
        commands.flush();
        String[] words = answer(30).split(" ");
        return new Mark(Long.parseLong(words[0]), Integer.parseInt(words[1]));
    }

    /** Does the operations of one root without one, and returns the nanoseconds that they took. */
    long runOutside() throws IOException, InterruptedException {
        commands.write("run\n");
        commands.flush();
        return Long.parseLong(answer(60));
    }

    /** Ends it in order, so that the agent sends what it still holds; returns the exit status. */
    int stop() throws IOException, InterruptedException {
        commands.write("stop\n");
        commands.flush();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IOException("did not end within 60 s of being told to");
        }
        return process.exitValue();
    }

    /** What the application, its agent and the JVM printed on their own, once it has ended. */
    List<String> printed() throws InterruptedException {
        reader.join(TimeUnit.SECONDS.toMillis(10));
        return List.copyOf(printed);
    }

    private String answer(int seconds) throws IOException, InterruptedException {
        String answer = answers.poll(seconds, TimeUnit.SECONDS);
        if (answer == null) {
            throw new IOException("no answer within " + seconds + " s");
        }
        if (answer.equals(ENDED)) {
            process.waitFor(10, TimeUnit.SECONDS);
            throw new IOException("ended early" + (process.isAlive() ? "" : " with status " + process.exitValue()));
        }
        return answer;
    }

    private void readAnswers() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith(WorkloadProcess.ANSWER)) {
                    answers.put(line.substring(WorkloadProcess.ANSWER.length()));
                } else {
                    printed.add(line);
                }
            }
            answers.put(ENDED);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    record Mark(long allocatedBytes, int diedThreads) {}
}
