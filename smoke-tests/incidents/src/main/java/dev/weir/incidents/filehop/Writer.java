package dev.weir.incidents.filehop;

import dev.weir.incidents.service.Service;
import java.io.FileOutputStream;
import java.io.FileWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Writes the same report in the ways in which Java programs write files. */
public final class Writer {

    private static final String REPORT = "42 orders, 3 refunds\n";

    private Writer() {}

    /** Arguments: the directory. */
    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        Service.create()
                .on("/report", request -> {
                    write(directory);
                    return Service.Reply.ok("written");
                })
                .on("/check", request -> Service.Reply.ok(check(directory)))
                .run();
    }

    private static void write(Path directory) throws IOException {
        byte[] bytes = REPORT.getBytes(StandardCharsets.UTF_8);
        try (OutputStream out =
                new FileOutputStream(directory.resolve("1-stream.txt").toFile())) {
            out.write(bytes);
        }
        Files.write(directory.resolve("2-files-write.txt"), bytes);
        try (FileChannel channel = FileChannel.open(
                directory.resolve("3-channel.txt"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes));
        }
        try (FileWriter out = new FileWriter(directory.resolve("4-writer.txt").toFile(), StandardCharsets.UTF_8)) {
            out.write(REPORT);
        }
        Path half = directory.resolve(".5-moved.txt.tmp");
        Files.writeString(half, REPORT);
        Files.move(half, directory.resolve("5-moved.txt"), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Reads its own reports back. */
    private static String check(Path directory) throws IOException {
        List<Path> reports = Reader.reports(directory);
        int complete = 0;
        for (Path report : reports) if (Files.readString(report).equals(REPORT)) complete++;
        return complete + " of " + reports.size() + " are complete";
    }
}
