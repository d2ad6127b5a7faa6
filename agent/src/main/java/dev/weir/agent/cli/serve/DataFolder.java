package dev.weir.agent.cli.serve;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what was received in files of OTLP JSON lines, so that it survives a restart. The oldest files go first, by size
 * and by age.
 *
 * <p>Every line is written whole and handed to the operating system at once; a machine that loses its power may lose the
 * last ones.
 */
final class DataFolder implements AutoCloseable {

    private static final String PREFIX = "spans-";
    private static final String SUFFIX = ".jsonl";
    /** How many files the allowed size is spread over: retention is as coarse as one of them. */
    private static final int FILES = 16;

    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long LEAST_FILE = 64 * 1024;

    private final Path folder;
    private final long mostBytes;
    private final Duration longest;
    private final PrintStream err;
    private final FileChannel lockFile;
    private @Nullable Writer current;
    private long currentBytes;
    private boolean failing;
    private long failedNanos;

    private DataFolder(Path folder, long mostBytes, Duration longest, PrintStream err, FileChannel lockFile) {
        this.folder = folder;
        this.mostBytes = mostBytes;
        this.longest = longest;
        this.err = err;
        this.lockFile = lockFile;
    }

    /**
     * Opens a folder, which is made if it is not there.
     *
     * @throws IOException with a sentence for a person
     */
    static DataFolder open(Path folder, long mostBytes, Duration longest, PrintStream err) throws IOException {
        Files.createDirectories(folder);
        FileChannel lockFile =
                FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!locked(lockFile)) {
            lockFile.close();
            throw new IOException("another serve uses it");
        }
        return new DataFolder(folder, mostBytes, longest, err, lockFile);
    }

    private static boolean locked(FileChannel lockFile) throws IOException {
        try {
            FileLock lock = lockFile.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    /**
     * Reads what was kept, the oldest first. A line that cannot be read is left out and said.
     *
     * @return how many spans there were
     */
    long replay(Consumer<List<Span>> to) throws IOException {
        retain();
        long spans = 0;
        long broken = 0;
        for (Path file : files()) {
            try (BufferedReader lines = reader(file)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.isBlank()) continue;
                    try {
                        List<Span> batch = OtlpJson.read(
                                        new ByteArrayInputStream(line.getBytes(StandardCharsets.UTF_8)))
                                .spans();
                        to.accept(batch);
                        spans += batch.size();
                    } catch (IOException e) {
                        broken++;
                    }
                }
            }
        }
        if (broken > 0) {
            err.println("weir serve: " + TerminalText.count(broken, "line", "lines") + " in " + folder
                    + " cannot be read and " + (broken == 1 ? "is" : "are") + " left out; a last line that was cut is"
                    + " what a hard end leaves behind.");
        }
        return spans;
    }

    /** A file that was damaged shall not end the reading. */
    private static BufferedReader reader(Path file) throws IOException {
        return new BufferedReader(new InputStreamReader(
                Files.newInputStream(file),
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPLACE)
                        .onUnmappableCharacter(CodingErrorAction.REPLACE)));
    }

    /** Keeps a batch. When it cannot be written that is said once, and tried again a little later. */
    synchronized void keep(List<Span> batch) {
        if (batch.isEmpty() || (failing && System.nanoTime() - failedNanos < PAUSE_NANOS)) return;
        String line = OtlpJsonWriter.line(batch);
        try {
            Writer writer = writer();
            writer.write(line);
            writer.write('\n');
            writer.flush();
            currentBytes += line.length() + 1;
            if (failing) err.println("weir serve: " + folder + " is written again.");
            failing = false;
        } catch (IOException e) {
            if (!failing) {
                err.println("weir serve: cannot write to " + folder + " (" + e.getMessage()
                        + "); chains are kept in memory only until it can. Is the disk full?");
            }
            failing = true;
            failedNanos = System.nanoTime();
            // What is half written must not run into the next line.
            endFile();
            forgetEmpty();
        }
    }

    private Writer writer() throws IOException {
        Writer open = current;
        if (open != null && currentBytes < Math.max(LEAST_FILE, mostBytes / FILES)) return open;
        endFile();
        retain();
        Path file;
        long number = Instant.now().toEpochMilli();
        do {
            file = folder.resolve(String.format("%s%015d%s", PREFIX, number++, SUFFIX));
        } while (Files.exists(file));
        BufferedWriter opened = Files.newBufferedWriter(file, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
        current = opened;
        currentBytes = 0;
        return opened;
    }

    private void forgetEmpty() {
        try {
            List<Path> files = files();
            Path last = files.isEmpty() ? null : files.get(files.size() - 1);
            if (last != null && Files.size(last) == 0) Files.delete(last);
        } catch (IOException e) {
            // It is empty, and does no harm but to look at.
        }
    }

    private void endFile() {
        Writer open = current;
        current = null;
        if (open == null) return;
        try {
            open.close();
        } catch (IOException e) {
            // The disk is full; it has been said.
        }
    }

    /** In order of their age. */
    List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(folder)) {
            all.filter(file -> {
                        String name = file.getFileName().toString();
                        return name.startsWith(PREFIX) && name.endsWith(SUFFIX);
                    })
                    .sorted()
                    .forEach(files::add);
        }
        return files;
    }

    private void retain() throws IOException {
        List<Path> files = files();
        long bytes = 0;
        for (Path file : files) bytes += Files.size(file);
        Instant oldest = Instant.now().minus(longest);
        for (Path file : files) {
            boolean old = Files.getLastModifiedTime(file).toInstant().isBefore(oldest);
            if (!old && bytes <= mostBytes) continue;
            bytes -= Files.size(file);
            Files.delete(file);
        }
    }

    @Override
    public synchronized void close() {
        endFile();
        try {
            lockFile.close();
        } catch (IOException e) {
            // The process ends.
        }
    }
}
