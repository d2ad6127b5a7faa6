package dev.weir.instrumentation.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.FileFacts.Action;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FileChannelsTest extends FilesTest {

    @Test
    void everyMethodOfFilesIsOneCall() throws IOException {
        Path file = dir.resolve("a");
        Files.write(file, new byte[7]);
        Files.writeString(file, "hello");
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(new byte[3]);
        }
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write("hello\n");
        }
        Files.copy(InputStream.nullInputStream(), dir.resolve("copied"));
        Files.createFile(dir.resolve("created"));
        Files.writeString(file, "more", StandardOpenOption.APPEND);
        assertEquals("hello\nmore", Files.readString(file));
        assertEquals(10, Files.readAllBytes(file).length);
        try (Stream<String> lines = Files.lines(file)) {
            assertEquals(2, lines.count());
        }
        try (InputStream in = Files.newInputStream(file)) {
            assertEquals('h', in.read());
        }
        assertEquals(
                List.of(
                        "begin WRITE a",
                        "end WRITE a",
                        "begin WRITE a",
                        "end WRITE a",
                        "begin WRITE a",
                        "end WRITE a",
                        "begin WRITE a",
                        "end WRITE a",
                        "begin WRITE copied",
                        "end WRITE copied",
                        "begin WRITE created",
                        "end WRITE created",
                        "begin APPEND a",
                        "end APPEND a",
                        "begin READ a",
                        "end READ a",
                        "begin READ a",
                        "end READ a",
                        "begin READ a",
                        "end READ a",
                        "begin READ a",
                        "end READ a"),
                events());
        assertEquals(7, facts(0).bytesWritten());
        assertEquals(5, facts(1).bytesWritten());
        assertEquals(3, facts(2).bytesWritten());
        assertEquals(6, facts(3).bytesWritten());
        assertEquals(0, facts(4).bytesWritten());
        assertEquals(4, facts(6).bytesWritten());
        assertEquals(file.toString(), facts(0).path());
    }

    @Test
    void openingForReadingAndWritingIsAnUpdate() throws IOException {
        Path file = dir.resolve("a");
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)
                .close();
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)
                .close();
        assertEquals(List.of("begin UPDATE a", "end UPDATE a", "begin UPDATE a", "end UPDATE a"), events());
    }

    @Test
    void aMissingFileEndsWithTheExceptionThatTheApplicationGets() {
        assertThrows(NoSuchFileException.class, () -> Files.readString(dir.resolve("none")));
        assertThrows(NoSuchFileException.class, () -> Files.writeString(dir.resolve("none/none"), ""));
        assertEquals(
                List.of(
                        "begin READ none",
                        "end READ none NoSuchFileException",
                        "begin WRITE none",
                        "end WRITE none NoSuchFileException"),
                events());
    }

    @Test
    void optionsThatTheJdkRefusesAreRefusedAsEver() {
        Path file = dir.resolve("a");
        assertThrows(
                IllegalArgumentException.class,
                () -> FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.APPEND));
        assertThrows(NullPointerException.class, () -> FileChannel.open(null, Set.of(StandardOpenOption.READ)));
        Set<StandardOpenOption> none = null;
        assertThrows(NullPointerException.class, () -> FileChannel.open(file, none));
    }

    @Test
    void gatheringAndPositionedWritesAreCounted() throws IOException {
        try (FileChannel channel =
                FileChannel.open(dir.resolve("a"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(2));
            channel.write(ByteBuffer.allocate(3), 10);
            channel.write(new ByteBuffer[] {ByteBuffer.allocate(4), ByteBuffer.allocateDirect(5)});
        }
        assertEquals(14, facts(0).bytesWritten());
    }

    @Test
    void transfersAreCountedOnce() throws Exception {
        Path source = dir.resolve("source");
        unfollowed(() -> Files.write(source, new byte[100_000]));
        try (FileChannel in = FileChannel.open(source);
                FileChannel out = create("to")) {
            in.transferTo(0, 100_000, out);
        }
        try (FileChannel in = FileChannel.open(source);
                FileChannel out = create("from")) {
            out.transferFrom(in, 0, 100_000);
        }
        try (InputStream in = Files.newInputStream(source);
                FileChannel out = create("stream")) {
            out.transferFrom(Channels.newChannel(in), 0, 100_000);
        }
        assertEquals(100_000, facts(1).bytesWritten());
        assertEquals(100_000, facts(3).bytesWritten());
        assertEquals(Files.size(dir.resolve("stream")), facts(5).bytesWritten());
        assertEquals(0, facts(0).bytesWritten());
    }

    private FileChannel create(String name) throws IOException {
        return FileChannel.open(dir.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    @Test
    void whatIsWrittenThroughMemoryCannotBeCounted() throws Exception {
        Path file = dir.resolve("a");
        unfollowed(() -> Files.write(file, new byte[100]));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer map = channel.map(FileChannel.MapMode.READ_WRITE, 0, 100);
            map.put(0, (byte) 1);
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            channel.map(FileChannel.MapMode.READ_ONLY, 0, 100);
        }
        assertEquals(-1, facts(0).bytesWritten());
        assertEquals(0, facts(1).bytesWritten());
    }

    @Test
    void asynchronousChannelsAreFollowed() throws Exception {
        Path file = dir.resolve("a");
        try (AsynchronousFileChannel channel =
                AsynchronousFileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            assertEquals(9, channel.write(ByteBuffer.allocate(9), 0).get());
        }
        try (AsynchronousFileChannel channel = AsynchronousFileChannel.open(file, StandardOpenOption.READ)) {
            assertEquals(9, channel.read(ByteBuffer.allocate(10), 0).get());
        }
        assertEquals(List.of("begin WRITE a", "end WRITE a", "begin READ a", "end READ a"), events());
        assertEquals(-1, facts(0).bytesWritten());
    }

    @Test
    void interruptsCloseTheChannelAsEver() throws Exception {
        FileChannel channel = create("a");
        Thread.currentThread().interrupt();
        assertThrows(ClosedByInterruptException.class, () -> channel.write(ByteBuffer.allocate(1)));
        assertTrue(Thread.interrupted());
        assertEquals(List.of("begin WRITE a", "end WRITE a"), events());
        assertEquals(0, facts(0).bytesWritten());
    }

    @Test
    void closingAChannelDuringItsWritesEndsItOnce() throws Exception {
        FileChannel channel = create("a");
        Thread writer = new Thread(() -> {
            try {
                while (true) channel.write(ByteBuffer.allocate(100), 0);
            } catch (IOException closed) {
                // What the test waits for.
            }
        });
        writer.start();
        while (facts(0).bytesWritten() == 0) Thread.onSpinWait();
        channel.close();
        writer.join();
        assertEquals(List.of("begin WRITE a", "end WRITE a"), events());
    }

    @Test
    void aDeletedDirectoryOrAPathThroughLinksIsNamedAsTheApplicationNamesIt() throws Exception {
        Path link = unfollowed(
                () -> Files.createSymbolicLink(dir.resolve("link"), Files.createDirectory(dir.resolve("d"))));
        Files.writeString(link.resolve("a"), "x");
        assertEquals(dir + "/link/a", facts(0).path());
        assertEquals(Action.WRITE, facts(0).action());
    }

    @Test
    void theFileBehindAByteChannelIsSeenByOtherStreams() throws IOException {
        Path file = dir.resolve("a");
        try (SeekableByteChannel channel =
                        Files.newByteChannel(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                RandomAccessFile other = new RandomAccessFile(file.toFile(), "rw")) {
            channel.write(ByteBuffer.allocate(5));
            other.writeLong(1);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        assertEquals(5, facts(0).bytesWritten());
        assertEquals(8, facts(1).bytesWritten());
    }
}
