package dev.weir.instrumentation.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.bootstrap.FileFacts;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The trace hop through a file. */
class WriterTraceparentTest extends FilesTest {

    private static final String FIRST = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final String SECOND = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private Path file;

    @BeforeEach
    void start() throws IOException {
        assumeTrue(Files.getFileStore(dir).supportsFileAttributeView("user"));
        file = dir.resolve("a");
        leave(FIRST);
    }

    private void leave(String traceparent) {
        woven.agent().pull(facts -> ((FileFacts) facts).leaveTraceparent(traceparent));
    }

    private @Nullable String seenByReader(Path path) throws IOException {
        int index = woven.agent().begun().size();
        new FileInputStream(path.toFile()).close();
        return facts(index).writerTraceparent();
    }

    private static UserDefinedFileAttributeView view(Path path) {
        return Files.getFileAttributeView(path, UserDefinedFileAttributeView.class);
    }

    private static String attribute(Path path) throws IOException {
        ByteBuffer value = ByteBuffer.allocate(1024);
        view(path).read("weir.traceparent", value);
        return new String(value.array(), 0, value.position(), StandardCharsets.US_ASCII);
    }

    @Test
    void aReaderSeesItsWriter() throws IOException {
        try (FileOutputStream out = new FileOutputStream(file.toFile())) {
            out.write(1);
            assertFalse(view(file).list().contains("weir.traceparent"));
        }
        assertTrue(facts(0).traceparentLeft());
        assertFalse(facts(0).traceparentRefused());
        assertTrue(attribute(file).startsWith(FIRST + " "), attribute(file));
        assertEquals(FIRST, seenByReader(file));
        assertEquals(1, Files.readAllBytes(file).length);
        assertEquals(FIRST, facts(2).writerTraceparent());
    }

    @Test
    void aReaderSeesItsWriterBeforeARuleJudges() throws IOException {
        Files.writeString(file, "x");
        String[] seen = new String[1];
        woven.agent().pull(facts -> seen[0] = ((FileFacts) facts).writerTraceparent());
        Files.readString(file);
        assertEquals(FIRST, seen[0]);
    }

    @Test
    void theLastWriterWinsAndSeesTheOneBefore() throws IOException {
        Files.writeString(file, "x");
        leave(SECOND);
        Files.writeString(file, "y", StandardOpenOption.APPEND);
        assertEquals(FIRST, facts(1).writerTraceparent());
        assertEquals(SECOND, seenByReader(file));
    }

    @Test
    void everyWayToWriteLeavesIt() throws Exception {
        try (RandomAccessFile random = new RandomAccessFile(file.toFile(), "rw")) {
            random.writeInt(1);
        }
        assertEquals(FIRST, seenByReader(file));
        Path truncated = dir.resolve("truncated");
        unfollowed(() -> Files.write(truncated, new byte[9]));
        try (FileChannel channel = FileChannel.open(truncated, StandardOpenOption.WRITE)) {
            channel.truncate(3);
        }
        assertEquals(FIRST, seenByReader(truncated));
        Path asynchronous = dir.resolve("asynchronous");
        try (AsynchronousFileChannel channel =
                AsynchronousFileChannel.open(asynchronous, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(2), 0).get();
        }
        assertEquals(FIRST, seenByReader(asynchronous));
        Path created = dir.resolve("created");
        assertTrue(created.toFile().createNewFile());
        assertEquals(FIRST, seenByReader(created));
    }

    @Test
    void whoOnlyReadIsNoWriter() throws Exception {
        unfollowed(() -> Files.write(file, new byte[4]));
        try (RandomAccessFile random = new RandomAccessFile(file.toFile(), "rw")) {
            random.readInt();
        }
        new FileOutputStream(file.toFile(), true).close();
        FileChannel.open(file, StandardOpenOption.WRITE).close();
        for (int i = 0; i < 3; i++) assertFalse(facts(i).traceparentRefused(), "nothing was to be left");
        assertNull(seenByReader(file));
        assertEquals(List.of(), view(file).list());
    }

    @Test
    void aLengthSetIsAChange() throws Exception {
        unfollowed(() -> Files.write(file, new byte[4]));
        try (RandomAccessFile random = new RandomAccessFile(file.toFile(), "rw")) {
            random.setLength(2);
        }
        assertEquals(FIRST, seenByReader(file));
    }

    @Test
    void aRewriteBySomebodyElseMakesItUntrue() throws Exception {
        Files.writeString(file, "x");
        unfollowed(() -> Files.writeString(file, "longer"));
        assertTrue(attribute(file).startsWith(FIRST));
        assertNull(seenByReader(file));
        Files.writeString(file, "x");
        unfollowed(() -> Files.writeString(file, "y"));
        FileTime later = FileTime.fromMillis(System.currentTimeMillis() + 5_000);
        Files.setLastModifiedTime(file, later);
        assertNull(seenByReader(file));
    }

    @Test
    void aTimeSetBackIsNoRewrite() throws IOException {
        Files.writeString(file, "x");
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
        assertEquals(FIRST, seenByReader(file));
    }

    @Test
    void whatIsWrittenThroughMemoryAfterTheCloseKeepsIt() throws Exception {
        unfollowed(() -> Files.write(file, new byte[10]));
        MappedByteBuffer map;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            map = channel.map(FileChannel.MapMode.READ_WRITE, 0, 10);
        }
        map.put(0, (byte) 1);
        map.force();
        assertEquals(FIRST, seenByReader(file));
    }

    @Test
    void renamesTakeItAlong() throws IOException {
        Files.writeString(file, "x");
        leave(SECOND);
        Path b = Files.move(file, dir.resolve("b"));
        assertEquals(FIRST, seenByReader(b));
        Path c = Files.move(b, dir.resolve("c"), StandardCopyOption.ATOMIC_MOVE);
        assertEquals(FIRST, seenByReader(c));
        assertTrue(c.toFile().renameTo(file.toFile()));
        assertEquals(FIRST, seenByReader(file));
    }

    @Test
    void aCopyIsTheWorkOfWhoCopied() throws IOException {
        Files.writeString(file, "x");
        leave(SECOND);
        Path plain = Files.copy(file, dir.resolve("plain"));
        assertEquals(FIRST, facts(1).writerTraceparent());
        assertTrue(facts(1).traceparentLeft());
        assertEquals(SECOND, seenByReader(plain));
        Path whole = Files.copy(file, dir.resolve("whole"), StandardCopyOption.COPY_ATTRIBUTES);
        assertEquals(FIRST, seenByReader(whole));
    }

    @Test
    void aMoveToAnotherFileSystemIsACopy() throws Exception {
        Path memory = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(memory)
                && !Files.getFileStore(memory).equals(Files.getFileStore(dir))
                && Files.getFileStore(memory).supportsFileAttributeView("user"));
        Path untraced = dir.resolve("untraced");
        unfollowed(() -> Files.writeString(untraced, "x"));
        Path other = unfollowed(() -> Files.createTempFile(memory, "weir-test", null));
        woven.agent().ignore(facts -> false);
        try {
            Files.move(untraced, other, StandardCopyOption.REPLACE_EXISTING);
            assertTrue(attribute(other).startsWith(FIRST));
        } finally {
            Files.deleteIfExists(other);
        }
    }

    @Test
    void nothingElseOfTheFileChanges() throws Exception {
        unfollowed(() -> Files.writeString(file, "x"));
        Files.setPosixFilePermissions(file, Set.of(PosixFilePermission.OWNER_WRITE, PosixFilePermission.GROUP_READ));
        FileTime[] written = new FileTime[1];
        try (FileOutputStream out = new FileOutputStream(file.toFile())) {
            out.write("content".getBytes(StandardCharsets.US_ASCII));
            written[0] = Files.getLastModifiedTime(file);
        }
        assertTrue(facts(0).traceparentLeft());
        assertEquals(written[0], Files.getLastModifiedTime(file));
        assertEquals(
                Set.of(PosixFilePermission.OWNER_WRITE, PosixFilePermission.GROUP_READ),
                Files.getPosixFilePermissions(file));
        Files.setPosixFilePermissions(file, Set.of(PosixFilePermission.OWNER_READ));
        assertArrayEquals("content".getBytes(StandardCharsets.US_ASCII), unfollowed(() -> Files.readAllBytes(file)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "caf\u00e9", "a\u0000b", "a\nb", "x 1", "x a b", "x 1 99999999999999999999"})
    void hostileValuesAreNotRead(String value) throws Exception {
        unfollowed(() -> Files.writeString(file, "x"));
        view(file).write("weir.traceparent", ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)));
        assertNull(seenByReader(file));
    }

    @Test
    void longValuesAreNotRead() throws Exception {
        unfollowed(() -> Files.writeString(file, "x"));
        view(file).write("weir.traceparent", ByteBuffer.wrap("x".repeat(256).getBytes(StandardCharsets.UTF_8)));
        assertEquals(256, String.valueOf(seenByReader(file)).length());
        view(file).write("weir.traceparent", ByteBuffer.wrap("x".repeat(257).getBytes(StandardCharsets.UTF_8)));
        assertNull(seenByReader(file));
    }

    @Test
    void theLeverAnswersWhatItCanDo() throws Exception {
        boolean[] answers = new boolean[5];
        unfollowed(() -> Files.writeString(file, "x"));
        woven.agent().pull(facts -> answers[0] = ((FileFacts) facts).leaveTraceparent(FIRST));
        Files.readString(file);
        woven.agent().pull(facts -> {
            FileFacts writer = (FileFacts) facts;
            answers[1] = writer.leaveTraceparent("not\nprintable");
            answers[2] = writer.leaveTraceparent("");
            answers[3] = writer.leaveTraceparent("x".repeat(300));
        });
        Files.writeString(file, "y");
        woven.agent().pull(facts -> answers[4] = ((FileFacts) facts).leaveTraceparent(FIRST));
        Files.delete(file);
        assertArrayEquals(new boolean[5], answers);
    }

    @Test
    void whereTheFileSystemRefusesReadersInThisProcessStillKnow() throws Exception {
        unfollowed(() -> Files.writeString(file, "x"));
        assumeTrue(fillAttributes(file), "a file system without a limit for attributes");
        try (FileOutputStream out = new FileOutputStream(file.toFile(), true)) {
            out.write(1);
        }
        assertFalse(facts(0).traceparentLeft());
        assertTrue(facts(0).traceparentRefused());
        String type = Files.getFileStore(file).type();
        assertEquals(type, facts(0).fileSystemType());
        assertFalse(view(file).list().contains("weir.traceparent"));
        assertEquals(FIRST, seenByReader(file));
        unfollowed(() -> Files.writeString(file, "z"));
        assertNull(seenByReader(file));
    }

    private static boolean fillAttributes(Path path) throws IOException {
        int size = 2048;
        for (int i = 0; i < 256; i++) {
            try {
                view(path).write("filler" + i, ByteBuffer.allocate(size));
            } catch (FileSystemException full) {
                if (size == 1) return true;
                size = Math.max(1, size / 4);
            }
        }
        return false;
    }

    @Test
    void locksOfTheApplicationStay() throws Exception {
        Path locks = Path.of("/proc/locks");
        assumeTrue(Files.isReadable(locks));
        Files.writeString(file, "x");
        String inode = ":" + Files.getAttribute(file, "unix:ino") + " ";
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            FileLock lock = channel.lock();
            assumeTrue(unfollowed(() -> Files.readString(locks)).contains(inode));
            try (FileInputStream in = new FileInputStream(file.toFile());
                    RandomAccessFile random = new RandomAccessFile(file.toFile(), "rw")) {
                assertEquals('x', in.read());
                random.write(1);
                Files.move(file, dir.resolve("b"));
                assertTrue(unfollowed(() -> Files.readString(locks)).contains(inode), "the lock was taken away");
            }
            assertTrue(lock.isValid());
        }
    }

    @Test
    void aPipeBlocksNobody() throws Exception {
        Path pipe = dir.resolve("pipe");
        assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0);
        Thread writer = new Thread(() -> {
            try (FileOutputStream out = new FileOutputStream(pipe.toFile())) {
                out.write(7);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        writer.start();
        try (FileInputStream in = new FileInputStream(pipe.toFile())) {
            assertEquals(7, in.read());
        }
        writer.join(TimeUnit.SECONDS.toMillis(20));
        assertFalse(writer.isAlive());
        woven.agent().awaitEnds(2);
        Files.move(pipe, dir.resolve("moved"));
        // The JDK itself would block in the copy.
        woven.agent().deny(facts -> true);
        assertThrows(FileSystemException.class, () -> Files.copy(dir.resolve("moved"), dir.resolve("copy")));
        assertNull(facts(3).writerTraceparent());
    }
}
