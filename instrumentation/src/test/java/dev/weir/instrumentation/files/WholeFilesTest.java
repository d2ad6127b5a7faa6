package dev.weir.instrumentation.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WholeFilesTest extends FilesTest {

    private Path a;
    private Path b;

    @BeforeEach
    void makeAFile() throws Exception {
        a = dir.resolve("a");
        b = dir.resolve("b");
        unfollowed(() -> Files.writeString(a, "x"));
    }

    @Test
    void copyMoveAndDeleteAreOneCallEach() throws IOException {
        Files.copy(a, b);
        Files.move(b, dir.resolve("c"), StandardCopyOption.ATOMIC_MOVE);
        Files.delete(a);
        assertTrue(Files.deleteIfExists(dir.resolve("c")));
        assertFalse(Files.deleteIfExists(dir.resolve("c")));
        assertEquals(
                List.of(
                        "begin COPY a",
                        "end COPY a",
                        "begin MOVE b",
                        "end MOVE b",
                        "begin DELETE a",
                        "end DELETE a",
                        "begin DELETE c",
                        "end DELETE c",
                        "begin DELETE c",
                        "end DELETE c"),
                events());
        assertEquals(b.toString(), facts(0).target());
        assertEquals(dir + "/c", facts(1).target());
        assertEquals(null, facts(2).target());
    }

    @Test
    void failuresEndWithTheExceptionThatTheApplicationGets() {
        assertThrows(NoSuchFileException.class, () -> Files.copy(dir.resolve("none"), b));
        assertThrows(NoSuchFileException.class, () -> Files.move(dir.resolve("none"), b));
        assertThrows(NoSuchFileException.class, () -> Files.delete(dir.resolve("none")));
        assertEquals(
                List.of(
                        "begin COPY none",
                        "end COPY none NoSuchFileException",
                        "begin MOVE none",
                        "end MOVE none NoSuchFileException",
                        "begin DELETE none",
                        "end DELETE none NoSuchFileException"),
                events());
    }

    @Test
    void theOldFileApiIsFollowedToo() throws IOException {
        File file = a.toFile();
        assertTrue(file.renameTo(b.toFile()));
        assertFalse(file.renameTo(b.toFile()));
        assertTrue(b.toFile().delete());
        assertFalse(b.toFile().delete());
        assertTrue(file.createNewFile());
        assertFalse(file.createNewFile());
        assertEquals(
                List.of(
                        "begin MOVE a",
                        "end MOVE a",
                        "begin MOVE a",
                        "end MOVE a FAILED",
                        "begin DELETE b",
                        "end DELETE b",
                        "begin DELETE b",
                        "end DELETE b FAILED",
                        "begin WRITE a",
                        "end WRITE a",
                        "begin WRITE a",
                        "end WRITE a FAILED"),
                events());
    }

    @Test
    void directoriesAreFilesToo() throws Exception {
        Path directory = unfollowed(() -> Files.createDirectory(dir.resolve("d")));
        Files.copy(directory, dir.resolve("e"));
        Files.delete(dir.resolve("e"));
        assertTrue(directory.toFile().delete());
        assertEquals(
                List.of(
                        "begin COPY d",
                        "end COPY d",
                        "begin DELETE e",
                        "end DELETE e",
                        "begin DELETE d",
                        "end DELETE d"),
                events());
    }

    @Test
    void anApplicationsOwnKindOfFileIsNotAsked() {
        class Named extends File {
            private static final long serialVersionUID = 1;

            Named(String path) {
                super(path);
            }

            @Override
            public String getAbsolutePath() {
                throw new AssertionError("asked");
            }
        }
        assertTrue(new Named(a.toString()).delete());
        assertEquals(List.of(), events());
    }
}
