package dev.weir.benchmark;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * CPU time of all threads of a live process, read from outside in nanoseconds, the JIT compiler's apart.
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

    /** What was used since the last call, or since each thread's start. */
    Used advance() throws IOException {
        Map<String, Long> seen = new HashMap<>();
        long program = 0;
        long compiler = 0;
        try (DirectoryStream<Path> directory = Files.newDirectoryStream(tasks)) {
            for (Path task : directory) {
                try {
                    String id = task.getFileName().toString();
                    String times = Files.readString(task.resolve("schedstat"));
                    long nanos = Long.parseLong(times.substring(0, times.indexOf(' ')));
                    long used = nanos - lastSeen.getOrDefault(id, 0L);
                    if (isCompiler(Files.readString(task.resolve("comm")))) {
                        compiler += used;
                    } else {
                        program += used;
                    }
                    seen.put(id, nanos);
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
        return new Used(program, compiler);
    }

    /** Threads that ended since the first call; what they used after the last look at them is not counted. */
    int died() {
        return died;
    }

    /** Of the name of a thread of a JVM, as Linux shows it. */
    static boolean isCompiler(String name) {
        return name.startsWith("C1 Compiler") || name.startsWith("C2 Compiler");
    }

    /** Nanoseconds of all threads but the JIT compiler's, and of those. */
    record Used(long program, long compiler) {}
}
