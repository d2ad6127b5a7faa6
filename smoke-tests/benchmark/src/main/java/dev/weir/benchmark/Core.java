package dev.weir.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * One processor core for the measured processes, the driver and the target together, as long as it is open.
 *
 * <p>They wait for each other, so a second core gains nothing. To wake a thread on another core of a virtual machine
 * costs as much as a call does, and it is chance which threads share one. What is not measured keeps the other cores:
 * JIT compilers, the sinks, and the JVM of the driver.
 */
final class Core implements AutoCloseable {

    private static final String ALLOWED = "Cpus_allowed_list:";
    private static final Path DRIVER = Path.of("/proc/self");

    private final List<String> complaints = new ArrayList<>();
    private final Path caller;
    private final String before;

    /** Moves the calling thread and those of the target. */
    Core() throws InterruptedException {
        caller = realPath(Path.of("/proc/thread-self"));
        before = allowed(caller.resolve("status"));
        moveDriver(last(before));
    }

    /** Moves all threads of a process there but its compilers; those that they start stay there. */
    void take(MeasuredProcess process) throws InterruptedException {
        taskset(List.of("-a", "-c", "-p", last(before), Long.toString(process.pid())));
        for (long compiler : threads(Path.of("/proc/" + process.pid()), ThreadTimes::isCompiler)) {
            move(compiler, before);
        }
    }

    /** Why not everything is where it should be; empty if it is. */
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** The first one often has the interrupts of devices. */
    static String last(String cores) {
        return cores.substring(Math.max(cores.lastIndexOf(','), cores.lastIndexOf('-')) + 1);
    }

    private void moveDriver(String cores) throws InterruptedException {
        move(Long.parseLong(caller.getFileName().toString()), cores);
        for (long thread : threads(DRIVER, name -> name.startsWith(TargetServer.THREADS))) {
            move(thread, cores);
        }
    }

    private List<Long> threads(Path process, Predicate<String> names) {
        List<Long> found = new ArrayList<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(process.resolve("task"))) {
            for (Path task : tasks) {
                if (names.test(Files.readString(task.resolve("comm")))) {
                    found.add(Long.parseLong(task.getFileName().toString()));
                }
            }
        } catch (IOException e) {
            complain(e.toString());
        }
        return found;
    }

    private Path realPath(Path link) {
        try {
            return link.toRealPath();
        } catch (IOException e) {
            complain(e.toString());
            return DRIVER.resolve("task/" + ProcessHandle.current().pid());
        }
    }

    private String allowed(Path status) {
        try {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith(ALLOWED)) {
                    return line.substring(ALLOWED.length()).strip();
                }
            }
        } catch (IOException e) {
            complain(e.toString());
        }
        return "0-" + (Runtime.getRuntime().availableProcessors() - 1);
    }

    private void move(long thread, String cores) throws InterruptedException {
        taskset(List.of("-c", "-p", cores, Long.toString(thread)));
    }

    private void taskset(List<String> arguments) throws InterruptedException {
        List<String> command = new ArrayList<>(List.of("taskset"));
        command.addAll(arguments);
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.waitFor() != 0) {
                complain(said.substring(said.lastIndexOf('\n') + 1));
            }
        } catch (IOException e) {
            complain(e.toString());
        }
    }

    private void complain(String reason) {
        complaints.add("not on one core: " + reason);
    }

    /** Gives the driver its cores back, and with it the processes that it starts from now on. */
    @Override
    public void close() throws InterruptedException {
        moveDriver(before);
    }
}
