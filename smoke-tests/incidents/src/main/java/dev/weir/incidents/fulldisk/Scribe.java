package dev.weir.incidents.fulldisk;

import java.io.File;
import java.io.FileOutputStream;
import java.io.FileWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Writes more than there is room for, in the ways in which Java programs write files, and prints what comes of it. */
public final class Scribe {

    private static final byte[] MUCH = new byte[200_000];

    private Scribe() {}

    private interface Action {
        void on(Path file) throws IOException;
    }

    /** Arguments: a file to copy from, which is made, and then directories, or devices. */
    public static void main(String[] args) throws IOException {
        Path source = Files.write(Path.of(args[0]), MUCH);
        for (int i = 1; i < args.length; i++) {
            Path place = Path.of(args[i]);
            say(place, "stream", file -> {
                try (OutputStream out = new FileOutputStream(file.toFile())) {
                    out.write(MUCH);
                }
            });
            say(place, "append", file -> {
                try (OutputStream out = new FileOutputStream(file.toFile(), true)) {
                    for (byte each : MUCH) out.write(each);
                }
            });
            say(place, "writer", file -> {
                try (FileWriter out = new FileWriter(file.toFile())) {
                    out.write("x".repeat(MUCH.length));
                }
            });
            say(place, "random", file -> {
                try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
                    out.write(MUCH);
                }
            });
            say(place, "channel", file -> {
                try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
                    ByteBuffer bytes = ByteBuffer.wrap(MUCH);
                    while (bytes.hasRemaining()) out.write(bytes);
                }
            });
            say(place, "files", file -> Files.write(file, MUCH));
            say(place, "copy", file -> Files.copy(source, file, StandardCopyOption.REPLACE_EXISTING));
            say(place, "create", file -> System.out.println(file.toFile().createNewFile()));
            say(place, "rename", file -> System.out.println(file.toFile().renameTo(new File(file + ".new"))));
            say(place, "move", file -> Files.move(file, Path.of(file + ".new")));
            say(place, "delete", Files::delete);
        }
    }

    private static void say(Path place, String name, Action action) {
        Path file = Files.isDirectory(place) ? place.resolve("file") : place;
        // A device must stay.
        boolean changesNames =
                name.equals("rename") || name.equals("move") || name.equals("delete") || name.equals("copy");
        if (file.equals(place) && changesNames) return;
        try {
            action.on(file);
            System.out.println(name + " done");
        } catch (IOException | RuntimeException e) {
            System.out.println(name + " " + e);
        }
        System.out.println(
                name + " leaves " + (Files.isRegularFile(file) ? file.toFile().length() : -1));
    }
}
