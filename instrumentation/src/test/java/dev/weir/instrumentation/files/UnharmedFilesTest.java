package dev.weir.instrumentation.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.bootstrap.FileFacts;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;

/** Whatever else happens in the JVM goes on. */
class UnharmedFilesTest extends FilesTest {

    @Test
    void classesLoadFromJarsWhileFilesAreWritten() throws Exception {
        woven.agent().ignore(facts -> !((FileFacts) facts).path().startsWith(dir + "/"));
        new FileWorkload(dir).run();
    }

    @Test
    void flightRecordingGoesOn() throws Exception {
        Path recorded = dir.resolve("a.jfr");
        Path written = dir.resolve("written");
        try (Recording recording = new Recording()) {
            recording.enable("jdk.FileWrite").withoutThreshold();
            recording.enable("jdk.FileRead").withoutThreshold();
            recording.start();
            new FileWorkload(dir).run();
            try (FileOutputStream out = new FileOutputStream(written.toFile())) {
                out.write(new byte[77]);
            }
            Files.readAllBytes(written);
            try (RandomAccessFile random = new RandomAccessFile(written.toFile(), "rw")) {
                random.write(new byte[33]);
            }
            recording.stop();
            recording.dump(recorded);
        }
        List<String> events = new ArrayList<>();
        for (RecordedEvent event : RecordingFile.readAllEvents(recorded)) {
            String name = event.getEventType().getName();
            if (!written.toString().equals(event.hasField("path") ? event.getString("path") : null)) continue;
            events.add(name + " " + event.getLong(name.equals("jdk.FileWrite") ? "bytesWritten" : "bytesRead"));
        }
        assertTrue(events.contains("jdk.FileWrite 77"), events.toString());
        assertTrue(events.contains("jdk.FileWrite 33"), events.toString());
        assertTrue(events.contains("jdk.FileRead 77"), events.toString());
        assertTrue(events().contains("begin WRITE written"));
        assertTrue(events().contains("begin UPDATE written"));
    }

    @Test
    void aRecordingThatIsThereFirstGoesOnUnderChecks() throws Exception {
        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-Xcheck:jni",
                        "-XX:+EnableDynamicAgentLoading",
                        "-Xbootclasspath/a:" + FileWorkload.bootClassPath(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        FileWorkload.class.getName(),
                        dir.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), output);
        assertTrue(output.contains("every call has ended"), output);
        assertFalse(output.contains("in native method") || output.contains("FilesInstrumentation$"), output);
    }

    @Test
    void filesThatAreNeverClosedEndSomeDay() throws Exception {
        leak();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (events().size() < 6 && System.nanoTime() < deadline) {
            System.gc();
            Thread.onSpinWait();
        }
        List<String> sorted = new ArrayList<>(events());
        sorted.sort(null);
        assertEquals(
                List.of(
                        "begin UPDATE b",
                        "begin WRITE a",
                        "begin WRITE c",
                        "end UPDATE b",
                        "end WRITE a",
                        "end WRITE c"),
                sorted);
    }

    private void leak() throws IOException {
        new FileOutputStream(dir.resolve("a").toFile()).write(1);
        new RandomAccessFile(dir.resolve("b").toFile(), "rw").write(1);
        FileChannel.open(dir.resolve("c"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    @Test
    void otherFileSystemsAreNotFollowed() throws Exception {
        Path zip = dir.resolve("a.zip");
        try (FileSystem files = FileSystems.newFileSystem(URI.create("jar:" + zip.toUri()), Map.of("create", "true"))) {
            Files.writeString(files.getPath("/inside"), "x");
            Files.copy(files.getPath("/inside"), files.getPath("/copy"));
            Files.delete(files.getPath("/inside"));
            Files.copy(files.getPath("/copy"), dir.resolve("outside"));
        }
        for (int i = 0; i < woven.agent().begun().size(); i++) {
            assertFalse(facts(i).path().contains("inside"), events().toString());
        }
        assertTrue(events().contains("begin WRITE outside"), events().toString());
        assertTrue(Files.exists(zip));
    }

    @Test
    void virtualThreadsAreFollowed() throws Exception {
        assumeTrue(Runtime.version().feature() >= 21);
        AtomicReference<Throwable> failed = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Path file = dir.resolve("v" + i);
            Runnable task = () -> {
                try {
                    Files.writeString(file, "x");
                    assertEquals("x", Files.readString(file));
                    Thread.yield();
                    try (FileOutputStream out = new FileOutputStream(file.toFile(), true)) {
                        out.write(1);
                        Thread.yield();
                        out.write(2);
                    }
                    Files.delete(file);
                } catch (Throwable t) {
                    failed.set(t);
                }
            };
            threads.add((Thread)
                    Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task));
        }
        for (Thread thread : threads) thread.join();
        assertNull(failed.get());
        assertEquals(200 * 8, events().size());
    }

    @Test
    void aDeletedDirectoryIsTheApplicationsAffair() throws Exception {
        File directory =
                unfollowed(() -> Files.createDirectory(dir.resolve("d"))).toFile();
        try (FileOutputStream out = new FileOutputStream(new File(directory, "a"))) {
            assertTrue(new File(directory, "a").delete());
            assertTrue(directory.delete());
            out.write(1);
        }
        assertEquals(
                List.of(
                        "begin WRITE a",
                        "begin DELETE a",
                        "end DELETE a",
                        "begin DELETE d",
                        "end DELETE d",
                        "end WRITE a"),
                events());
    }
}
