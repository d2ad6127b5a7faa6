package dev.weir.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One processor core for the measured processes, the driver and the target together, as long as it is open.
 *
 * <p>They wait for each other, so a second core gains nothing. To wake a thread on another core of a virtual machine
 * costs as much as a call does, and it is chance which threads share one.
 */
final class Core implements AutoCloseable {

    private static final String ALLOWED = "Cpus_allowed_list:";

    private final List<String> complaints = new ArrayList<>();
    private final long driver = ProcessHandle.current().pid();
    private final String before;

    /** Moves the driver, with the target and the sinks in it. */
    Core() throws InterruptedException {
        before = allowed(Path.of("/proc/self/status"));
        move(driver, last(before));
    }

    /** Moves all threads of a process there; those that it starts stay there. */
    void take(MeasuredProcess process) throws InterruptedException {
        move(process.pid(), last(before));
    }

    /** Why not everything is on one core; empty if it is. */
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** The first one often has the interrupts of devices. */
    static String last(String cores) {
        return cores.substring(Math.max(cores.lastIndexOf(','), cores.lastIndexOf('-')) + 1);
    }

    private String allowed(Path status) {
        try {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith(ALLOWED)) {
                    return line.substring(ALLOWED.length()).strip();
                }
            }
        } catch (IOException e) {
            complaints.add("not on one core: " + e);
        }
        return "0-" + (Runtime.getRuntime().availableProcessors() - 1);
    }

    private void move(long pid, String cores) throws InterruptedException {
        try {
            Process process = new ProcessBuilder("taskset", "-a", "-c", "-p", cores, Long.toString(pid))
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.waitFor() != 0) {
                complaints.add("not on one core: " + said.substring(said.lastIndexOf('\n') + 1));
            }
        } catch (IOException e) {
            complaints.add("not on one core: " + e.getMessage());
        }
    }

    /** Gives the driver its cores back, and with it the processes that it starts from now on. */
    @Override
    public void close() throws InterruptedException {
        move(driver, before);
    }
}
