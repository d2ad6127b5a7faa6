package dev.weir.benchmark;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * CPU time of all threads of a live process, read from outside in nanoseconds, without the JIT compiler's threads.
 *
 * <p>The process's own clock counts in steps of 10 ms, and compilation is a cost of warming up, not of an operation.
 */
final class ThreadTimes {

    private final Path tasks;
    private Map<String, Long> lastSeen = new HashMap<>();
    private int died;

    ThreadTimes(long pid) {
        this(Path.of("/proc/" + pid + "/task"));
    }

    ThreadTimes(Path tasks) {
        this.tasks = tasks;
    }

    /** Nanoseconds used since the last call, or since each thread's start. */
    long advance() throws IOException {
        Map<String, Long> seen = new HashMap<>();
        long used = 0;
        try (DirectoryStream<Path> directory = Files.newDirectoryStream(tasks)) {
            for (Path task : directory) {
                try {
                    String id = task.getFileName().toString();
                    if (isCompiler(Files.readString(task.resolve("comm")))) {
                        continue;
                    }
                    String times = Files.readString(task.resolve("schedstat"));
                    long nanos = Long.parseLong(times.substring(0, times.indexOf(' ')));
                    seen.put(id, nanos);
                    used += nanos - lastSeen.getOrDefault(id, 0L);
                } catch (IOException e) {
                    if (Files.exists(task)) {
                        throw e;
                    }
                    // The thread ended between the listing and the reading; it is counted as died below.
                }
            }
        }
        for (String id : lastSeen.keySet()) {
            if (!seen.containsKey(id)) {
                died++;
            }
        }
        lastSeen = seen;
        return used;
    }

    /** Threads that ended since the first call; what they used after the last look at them is not counted. */
    int died() {
        return died;
    }

    private static boolean isCompiler(String name) {
        return name.startsWith("C1 Compiler") || name.startsWith("C2 Compiler");
    }
}
