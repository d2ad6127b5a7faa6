package dev.weir.instrumentation.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.FileWriter;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** A denied call changes nothing, creates nothing, leaks nothing, and throws what the API promises. */
class DeniedFilesTest extends FilesTest {

    private static final String CONTENT = "precious";

    private Path file;
    private Path absent;

    @BeforeEach
    void denyEverything() throws Exception {
        file = dir.resolve("a");
        absent = dir.resolve("absent");
        unfollowed(() -> Files.writeString(file, CONTENT));
        woven.agent().deny(facts -> true);
    }

    @AfterEach
    void nothingHasChanged() throws Exception {
        assertEquals(CONTENT, unfollowed(() -> Files.readString(file)));
        assertFalse(Files.exists(absent));
        assertTrue(events().stream().allMatch(event -> event.startsWith("begin")), events().toString());
        assertFalse(events().isEmpty());
    }

    @Test
    void outputStreams() {
        deniedByStream(() -> new FileOutputStream(file.toFile()));
        deniedByStream(() -> new FileOutputStream(file.toFile(), true));
        deniedByStream(() -> new FileOutputStream(absent.toFile()));
        deniedByStream(() -> new FileWriter(file.toFile(), java.nio.charset.StandardCharsets.UTF_8));
    }

    @Test
    void randomAccess() {
        deniedByStream(() -> new RandomAccessFile(file.toFile(), "rw"));
        deniedByStream(() -> new RandomAccessFile(absent.toFile(), "rws"));
        deniedByStream(() -> new RandomAccessFile(file.toFile(), "r"));
    }

    @Test
    void channels() {
        denied(() -> Files.writeString(file, "other"));
        denied(() -> Files.writeString(absent, "other"));
        denied(() -> Files.newOutputStream(file));
        denied(() -> FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING));
        denied(() -> AsynchronousFileChannel.open(absent, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
        denied(() -> Files.createFile(absent));
    }

    @Test
    void readers() {
        deniedByStream(() -> new FileInputStream(file.toFile()));
        denied(() -> Files.readString(file));
        denied(() -> AsynchronousFileChannel.open(file, StandardOpenOption.READ));
    }

    @Test
    void wholeFiles() throws Exception {
        denied(() -> Files.copy(file, absent));
        denied(() -> Files.move(file, absent));
        denied(() -> Files.delete(file));
        denied(() -> Files.deleteIfExists(file));
        Path other = dir.resolve("other");
        unfollowed(() -> Files.writeString(other, "kept"));
        FileSystemException thrown = denied(() -> Files.copy(file, other, StandardCopyOption.REPLACE_EXISTING));
        assertEquals(file.toString(), thrown.getFile());
        assertEquals(other.toString(), thrown.getOtherFile());
        assertEquals("kept", unfollowed(() -> Files.readString(other)));
    }

    @Test
    void theOldFileApiSaysFalse() {
        File old = file.toFile();
        assertFalse(old.delete());
        assertFalse(old.renameTo(absent.toFile()));
        assertThrows(IOException.class, () -> absent.toFile().createNewFile());
    }

    @Test
    void deniedReadersLeaveNoDescriptorOpen() throws Exception {
        int before = descriptors();
        for (int i = 0; i < 500; i++) {
            deniedByStream(() -> new FileInputStream(file.toFile()));
            deniedByStream(() -> new RandomAccessFile(file.toFile(), "r"));
            denied(() -> Files.readString(file));
        }
        int after = descriptors();
        assertTrue(after < before + 100, before + " descriptors became " + after);
    }

    private static int descriptors() {
        String[] open = new File("/proc/self/fd").list();
        return open == null ? 0 : open.length;
    }

    private void deniedByStream(Executable open) {
        FileNotFoundException thrown = assertThrows(FileNotFoundException.class, open);
        assertTrue(thrown.getMessage().endsWith("(denied by test)"), thrown.getMessage());
    }

    private FileSystemException denied(Executable call) {
        FileSystemException thrown = assertThrows(FileSystemException.class, call);
        assertEquals("denied by test", thrown.getReason());
        return thrown;
    }
}
