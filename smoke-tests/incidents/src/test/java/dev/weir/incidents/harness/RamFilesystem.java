package dev.weir.incidents.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A file system in memory, mounted for a while. A {@code ramfs} has no extended attributes, a {@code tmpfs} a limit. */
public final class RamFilesystem implements AutoCloseable {

    private final Path directory;

    private RamFilesystem(Path directory) {
        this.directory = directory;
    }

    /** Whether this machine and user can mount one. */
    public static boolean available(Path scratch) throws IOException, InterruptedException {
        if (!Files.isExecutable(Path.of("/bin/mount"))) return false;
        try (RamFilesystem probe = mount(Files.createTempDirectory(scratch, "ramfs"))) {
            return Files.isDirectory(probe.directory);
        } catch (IOException e) {
            return false;
        }
    }

    /** Mounts one at an existing, empty directory. */
    public static RamFilesystem mount(Path directory) throws IOException, InterruptedException {
        command("mount", "-t", "ramfs", "weir-incidents", directory.toString());
        return new RamFilesystem(directory);
    }

    /** Mounts a {@code tmpfs} of that many KiB at an existing, empty directory. */
    public static RamFilesystem mountSmall(Path directory, int kib) throws IOException, InterruptedException {
        command("mount", "-t", "tmpfs", "-o", "size=" + kib + "k", "weir-incidents", directory.toString());
        return new RamFilesystem(directory);
    }

    /** From now on nothing can be written to it. */
    public void seal() throws IOException, InterruptedException {
        command("mount", "-o", "remount,ro", directory.toString());
    }

    /** Where it is mounted. */
    public Path directory() {
        return directory;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        command("umount", directory.toString());
    }

    private static void command(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + ": "
                    + new String(process.getInputStream().readAllBytes()));
        }
    }
}
