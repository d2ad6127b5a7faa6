package dev.weir.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/** Everything to stop or remove, last made first; also when the launcher is interrupted. */
final class Cleanup implements AutoCloseable {
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private volatile boolean interrupted;

    Cleanup() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::interrupt, "cleanup"));
    }

    private void interrupt() {
        interrupted = true;
        close();
    }

    /** Whether the launcher itself is being ended, so that what fails now needs no explanation. */
    boolean interrupted() {
        return interrupted;
    }

    synchronized <T extends AutoCloseable> T add(T closeable) {
        open.push(closeable);
        return closeable;
    }

    @Override
    public synchronized void close() {
        while (!open.isEmpty()) {
            AutoCloseable last = open.pop();
            try {
                last.close();
            } catch (Exception e) {
                System.err.println("demo: could not clean up: " + e);
            }
        }
    }

    static void deleteFolder(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(folder)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.deleteIfExists(path);
        }
    }
}
