package dev.weir.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** What the kernel says of a live process. */
final class ProcessStatus {

    /** Linux shows times to programs in hundredths of a second, whatever it counts in. */
    private static final int MILLIS_PER_TICK = 10;

    private ProcessStatus() {}

    /** The most memory that was ever resident; empty if the process is gone. */
    static Optional<Long> peakKilobytes(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .map(line -> Long.valueOf(line.replaceAll("\\D", "")))
                    .findFirst();
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    /** User and system CPU of all threads, those that ended included. */
    static long cpuMillis(long pid) throws IOException {
        return cpuMillis(Files.readString(Path.of("/proc/" + pid + "/stat")));
    }

    /** The name of the program may hold anything, so fields are counted from behind it. */
    static long cpuMillis(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MILLIS_PER_TICK;
    }
}
