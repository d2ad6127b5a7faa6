package dev.weir.instrumentation.files;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.testing.Woven;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import jdk.jfr.Recording;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

/** Threads that load classes from jars and directories, beside threads that do everything there is to do to files. */
final class FileWorkload {

    private static final int CLASSES = 80;
    private static final int ROUNDS = 30;

    private final Path dir;

    FileWorkload(Path dir) {
        this.dir = dir;
    }

    /** In a JVM of its own: records first, weaves then, works after that. */
    public static void main(String[] arguments) throws Exception {
        Path dir = Path.of(arguments[0]);
        try (Recording recording = new Recording()) {
            recording.enable("jdk.FileWrite").withoutThreshold();
            recording.enable("jdk.FileRead").withoutThreshold();
            recording.start();
            new FileWorkload(dir.resolve("before")).run();
            Woven woven = new Woven(new FilesInstrumentation());
            woven.beforeEach(null);
            woven.agent().ignore(facts -> !Hooks.armed());
            new FileWorkload(dir.resolve("after")).run();
            List<String> events = woven.agent().events();
            woven.afterEach(null);
            if (events.isEmpty()) throw new AssertionError("nothing was followed");
            System.out.println(events.size() + " events, every call has ended");
        }
    }

    static String bootClassPath() throws Exception {
        String file = "dev/weir/bootstrap/Hooks.class";
        URL url = ClassLoader.getSystemResource(file);
        String path = Path.of(url.toURI()).toString();
        return path.substring(0, path.length() - file.length() - 1);
    }

    void run() throws Exception {
        Files.createDirectories(dir);
        Path classes = directory();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> work = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                // Loaders over the same jar share its file, and the first to close it closes it for all.
                Path of = i % 2 == 0 ? jar("classes" + i + ".jar") : classes;
                work.add(threads.submit(() -> {
                    for (int round = 0; round < 3; round++) load(of);
                    return null;
                }));
                Path name = dir.resolve("file" + i);
                work.add(threads.submit(() -> {
                    for (int round = 0; round < ROUNDS; round++) work(name);
                    return null;
                }));
            }
            for (Future<?> done : work) done.get(180, TimeUnit.SECONDS);
        } finally {
            threads.shutdownNow();
            threads.awaitTermination(10, TimeUnit.SECONDS);
        }
    }

    private static void load(Path of) throws Exception {
        try (URLClassLoader loader = new URLClassLoader(new URL[] {of.toUri().toURL()}, null)) {
            for (int i = 0; i < CLASSES; i++) {
                Class<?> type = loader.loadClass("generated.C" + i);
                if (type.getClassLoader() != loader) throw new AssertionError(type);
                try (var in = loader.getResourceAsStream("generated/C" + i + ".class")) {
                    if (in == null || in.readAllBytes().length == 0) throw new AssertionError("no resource " + i);
                }
            }
        }
    }

    private static void work(Path name) throws IOException {
        byte[] content = new byte[1000];
        try (OutputStream out = new FileOutputStream(name.toFile())) {
            for (int i = 0; i < 20; i++) out.write(content);
        }
        try (RandomAccessFile random = new RandomAccessFile(name.toFile(), "rw")) {
            random.seek(10);
            random.writeLong(1);
        }
        try (FileInputStream in = new FileInputStream(name.toFile())) {
            if (in.readAllBytes().length != 20_000) throw new AssertionError("short file");
        }
        Path copy = name.resolveSibling(name.getFileName() + ".copy");
        Files.copy(name, copy, StandardCopyOption.REPLACE_EXISTING);
        Path moved = name.resolveSibling(name.getFileName() + ".moved");
        Files.move(copy, moved, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel from = FileChannel.open(moved);
                FileOutputStream to = new FileOutputStream(name.toFile(), true)) {
            from.transferTo(0, from.size(), to.getChannel());
        }
        if (Files.readAllBytes(name).length != 40_000) throw new AssertionError("short transfer");
        Files.delete(moved);
        if (!name.toFile().delete()) throw new AssertionError("not deleted");
    }

    private Path jar(String name) throws IOException {
        Path jar = dir.resolve(name);
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (int i = 0; i < CLASSES; i++) {
                out.putNextEntry(new ZipEntry("generated/C" + i + ".class"));
                out.write(classFile(i));
            }
        }
        return jar;
    }

    private Path directory() throws IOException {
        Path classes = Files.createDirectories(dir.resolve("classes/generated"));
        for (int i = 0; i < CLASSES; i++) Files.write(classes.resolve("C" + i + ".class"), classFile(i));
        return dir.resolve("classes");
    }

    private static byte[] classFile(int number) {
        ClassWriter writer = new ClassWriter(0);
        writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, "generated/C" + number, null, "java/lang/Object", null);
        writer.visitEnd();
        return writer.toByteArray();
    }
}
