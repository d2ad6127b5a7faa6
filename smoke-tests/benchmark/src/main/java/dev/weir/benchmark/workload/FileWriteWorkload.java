package dev.weir.benchmark.workload;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes of 100 bytes to a file that is opened once for all of them. */
final class FileWriteWorkload implements Workload {

    private final byte[] content = new byte[100];
    private final Path path = Files.createTempFile(Scratch.directory(), "benchmark", ".out");

    FileWriteWorkload() throws IOException {}

    @Override
    public void run(int operations) throws IOException {
        try (FileOutputStream file = new FileOutputStream(path.toString())) {
            for (int i = 0; i < operations; i++) {
                file.write(content);
            }
        }
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(path);
    }
}
