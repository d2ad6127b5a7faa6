package dev.weir.benchmark.workload;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where files are written. */
final class Scratch {

    private static final Path MEMORY = Path.of("/dev/shm");

    private Scratch() {}

    /** In memory where there is such a place: truncating and rewriting a file makes some disks flush at each close. */
    static Path directory() {
        return Files.isWritable(MEMORY) ? MEMORY : Path.of(System.getProperty("java.io.tmpdir"));
    }
}
