package dev.weir.benchmark.workload;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens a file, writes 100 bytes and closes it. */
final class FileWorkload implements Workload {

    private static final int FILES = 16;

    private final byte[] content = new byte[100];
    private final Path directory = Files.createTempDirectory(Scratch.directory(), "benchmark");
    private final String[] names = new String[FILES];
    private int next;

    FileWorkload() throws IOException {
        for (int i = 0; i < FILES; i++) {
            names[i] = directory.resolve("file-" + i).toString();
        }
    }

    @Override
    public void run(int operations) throws IOException {
        for (int i = 0; i < operations; i++) {
            next = (next + 1) % FILES;
            try (FileOutputStream file = new FileOutputStream(names[next])) {
                file.write(content);
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (String name : names) {
            Files.deleteIfExists(Path.of(name));
        }
        Files.deleteIfExists(directory);
    }
}
