package dev.weir.instrumentation.files;

import java.io.File;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Absolute paths, and which of them are worth a look: not the JDK's own files, not classes, not devices. */
final class FollowedPaths {

    private static final String JAVA_HOME = javaHome();

    private FollowedPaths() {}

    private static String javaHome() {
        String home = System.getProperty("java.home");
        return home == null || home.length() < 2 ? "/proc/" : home + File.separatorChar;
    }

    /** Whether what happens to this file is anything that the program does, rather than the JVM. */
    static boolean contain(String absolute) {
        if (absolute.endsWith(".jar") || absolute.endsWith(".class") || absolute.endsWith(".jmod")) return false;
        if (absolute.startsWith("/proc/") || absolute.startsWith("/sys/")) return false;
        if (absolute.startsWith("/dev/") && !absolute.startsWith("/dev/shm/")) return false;
        return !absolute.startsWith(JAVA_HOME) && !absolute.contains("hsperfdata_");
    }

    static String absolute(String name) {
        return name.startsWith("/") ? name : new File(name).getAbsolutePath();
    }

    /** The absolute path; {@code null} when the path is none of the JDK's own, whose methods we do not call. */
    static @Nullable String absolute(@Nullable Path path) {
        return path == null || path.getClass().getClassLoader() != null
                ? null
                : path.toAbsolutePath().toString();
    }

    /** The absolute path; {@code null} for an application's own kind of {@code File}. */
    static @Nullable String absolute(@Nullable File file) {
        return file == null || file.getClass() != File.class ? null : absolute(file.getPath());
    }
}
