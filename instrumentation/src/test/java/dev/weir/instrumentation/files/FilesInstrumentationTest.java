package dev.weir.instrumentation.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.bootstrap.FileFacts;
import java.io.BufferedReader;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.FileReader;
import java.io.FileWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class FilesInstrumentationTest extends FilesTest {

    @Test
    void outputStreamIsOneCallFromOpenToClose() throws IOException {
        Path file = dir.resolve("a.txt");
        try (FileOutputStream out = new FileOutputStream(file.toFile())) {
            out.write('x');
            out.write(new byte[10]);
            out.write(new byte[10], 2, 5);
            assertEquals(List.of("begin WRITE a.txt"), events());
            assertEquals(16, facts(0).bytesWritten());
        }
        assertEquals(List.of("begin WRITE a.txt", "end WRITE a.txt"), events());
        assertEquals(file.toString(), facts(0).path());
        assertEquals(16, Files.size(file));
    }

    @Test
    void appendingIsNotWritingAnew() throws IOException {
        String name = dir.resolve("a.txt").toString();
        new FileOutputStream(name, true).close();
        assertEquals(List.of("begin APPEND a.txt", "end APPEND a.txt"), events());
    }

    @Test
    void everyOtherCallIsFollowedWhileAFileIsOpen() throws IOException {
        try (FileOutputStream first = new FileOutputStream(dir.resolve("a").toFile())) {
            try (FileOutputStream second = new FileOutputStream(dir.resolve("b").toFile())) {
                second.write(1);
            }
            first.write(2);
        }
        assertEquals(List.of("begin WRITE a", "begin WRITE b", "end WRITE b", "end WRITE a"), events());
        assertEquals(1, facts(0).bytesWritten());
        assertEquals(1, facts(1).bytesWritten());
    }

    @Test
    void writersAndReadersAboveStreamsAreOneCallEach() throws IOException {
        File file = dir.resolve("a").toFile();
        try (PrintWriter writer = new PrintWriter(new FileWriter(file, StandardCharsets.UTF_8))) {
            writer.println("hello");
        }
        try (BufferedReader reader = new BufferedReader(new FileReader(file, StandardCharsets.UTF_8))) {
            assertEquals("hello", reader.readLine());
        }
        assertEquals(List.of("begin WRITE a", "end WRITE a", "begin READ a", "end READ a"), events());
        assertEquals(file.length(), facts(0).bytesWritten());
    }

    @Test
    void aMissingFileEndsWithItsException() {
        assertThrows(FileNotFoundException.class, () -> new FileInputStream(dir + "/none"));
        assertThrows(FileNotFoundException.class, () -> new FileOutputStream(dir + "/none/none"));
        assertThrows(FileNotFoundException.class, () -> new RandomAccessFile(dir + "/missing", "r"));
        assertThrows(FileNotFoundException.class, () -> new RandomAccessFile(dir + "/missing/missing", "rw"));
        assertEquals(
                List.of(
                        "begin READ none",
                        "end READ none FileNotFoundException",
                        "begin WRITE none",
                        "end WRITE none FileNotFoundException",
                        "begin READ missing",
                        "end READ missing FileNotFoundException",
                        "begin UPDATE missing",
                        "end UPDATE missing FileNotFoundException"),
                events());
    }

    @Test
    void randomAccessCountsWhatItWrites() throws IOException {
        Path file = dir.resolve("a");
        try (RandomAccessFile random = new RandomAccessFile(file.toFile(), "rw")) {
            random.write(1);
            random.write(new byte[3]);
            random.write(new byte[9], 1, 2);
            random.writeBoolean(true);
            random.writeByte(1);
            random.writeShort(1);
            random.writeChar('c');
            random.writeInt(1);
            random.writeLong(1);
            random.writeFloat(1);
            random.writeDouble(1);
            random.writeBytes("abc");
            random.writeChars("abc");
            random.writeUTF("abc");
        }
        assertEquals(List.of("begin UPDATE a", "end UPDATE a"), events());
        assertEquals(Files.size(file), facts(0).bytesWritten());
    }

    @Test
    void randomAccessForReadingIsARead() throws Exception {
        Path file = dir.resolve("a");
        unfollowed(() -> Files.write(file, new byte[3]));
        try (RandomAccessFile random = new RandomAccessFile(file.toFile(), "r")) {
            random.read();
        }
        assertEquals(List.of("begin READ a", "end READ a"), events());
    }

    @Test
    void aStreamAndItsChannelAreOneCall() throws IOException {
        FileOutputStream out = new FileOutputStream(dir.resolve("a").toFile());
        FileChannel channel = out.getChannel();
        out.write(1);
        channel.write(ByteBuffer.allocate(4));
        channel.close();
        out.close();
        assertEquals(List.of("begin WRITE a", "end WRITE a"), events());
        assertEquals(5, facts(0).bytesWritten());
    }

    @Test
    void aSecondStreamOnTheSameDescriptorIsTheSameCall() throws IOException {
        try (RandomAccessFile random = new RandomAccessFile(dir.resolve("a").toFile(), "rw");
                FileOutputStream out = new FileOutputStream(random.getFD())) {
            out.write(new byte[7]);
        }
        assertEquals(List.of("begin UPDATE a", "end UPDATE a"), events());
        assertEquals(7, facts(0).bytesWritten());
    }

    @Test
    void relativeNamesAreMadeAbsolute() {
        woven.agent().ignore(facts -> !((FileFacts) facts).path().endsWith("/weir-no-such-file"));
        assertThrows(FileNotFoundException.class, () -> new FileInputStream("weir-no-such-file"));
        assertEquals(new File("weir-no-such-file").getAbsolutePath(), facts(0).path());
    }

    @Test
    void aFileWrittenAndClosedOnOtherThreadsIsStillOneCall() throws Exception {
        FileOutputStream out = new FileOutputStream(dir.resolve("a").toFile());
        CountDownLatch written = new CountDownLatch(4);
        Thread[] writers = new Thread[4];
        for (int i = 0; i < writers.length; i++) {
            writers[i] = new Thread(() -> {
                try {
                    for (int j = 0; j < 1000; j++) out.write(new byte[3]);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
                written.countDown();
            });
            writers[i].start();
        }
        written.await();
        Thread closer = new Thread(() -> {
            try {
                out.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        closer.start();
        closer.join();
        assertEquals(List.of("begin WRITE a", "end WRITE a"), events());
        assertEquals(12_000, facts(0).bytesWritten());
    }

    @Test
    void closingTwiceEndsOnce() throws IOException {
        FileOutputStream out = new FileOutputStream(dir.resolve("a").toFile());
        out.close();
        out.close();
        assertEquals(List.of("begin WRITE a", "end WRITE a"), events());
    }

    @Test
    void filesOpenedOutsideARunAreNotFollowedInsideOne() throws Exception {
        FileOutputStream out =
                unfollowed(() -> new FileOutputStream(dir.resolve("a").toFile()));
        out.write(1);
        out.close();
        assertEquals(List.of(), events());
    }

    @Test
    void filesOfTheJvmAreLeftAlone() throws IOException {
        woven.agent().ignore(facts -> false);
        Path jar = dir.resolve("a.jar");
        new FileOutputStream(jar.toFile()).close();
        new FileInputStream("/proc/self/status").close();
        new FileOutputStream("/dev/null").close();
        new FileInputStream(System.getProperty("java.home") + "/release").close();
        assertFalse(
                woven.agent().begun().stream()
                        .map(facts -> ((FileFacts) facts).path())
                        .anyMatch(path -> path.endsWith(".jar")
                                || path.startsWith("/proc")
                                || path.startsWith("/dev/null")
                                || path.endsWith("/release")),
                events().toString());
    }

    @Test
    void sharedMemoryIsNoDevice() throws IOException {
        assumeTrue(Files.isWritable(Path.of("/dev/shm")));
        woven.agent().ignore(facts -> !((FileFacts) facts).path().startsWith("/dev/shm/weir-test"));
        Path file = Files.createTempFile(Path.of("/dev/shm"), "weir-test", null);
        Files.delete(file);
        assertEquals(4, events().size(), events().toString());
    }
}
