package dev.weir.instrumentation.files;

import java.io.File;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Absolute paths, and which of them are worth a look: not the JDK's own files, not classes, not devices. */
final class FollowedPaths {

    private static final String JAVA_HOME = javaHome();

    private FollowedPaths() {}

    private static String javaHome() {
        try {
            String home = System.getProperty("java.home");
            return home == null || home.length() < 2 ? "/proc/" : home + File.separatorChar;
        } catch (SecurityException e) {
            return "/proc/";
        }
    }

    /** Whether what happens to this file is anything that the program does, rather than the JVM. */
    static boolean contain(String absolute) {
        if (absolute.endsWith(".jar") || absolute.endsWith(".class") || absolute.endsWith(".jmod")) return false;
        if (absolute.startsWith("/proc/") || absolute.startsWith("/sys/")) return false;
        if (absolute.startsWith("/dev/") && !absolute.startsWith("/dev/shm/")) return false;
        // Debian keeps the JDK's configuration there, and the JDK asks for it by that name.
        if (absolute.startsWith("/etc/java-")) return false;
        return !absolute.startsWith(JAVA_HOME) && !absolute.contains("hsperfdata_");
    }

    /** The absolute path; the name itself where a security manager keeps the working directory secret. */
    static String absolute(String name) {
        if (name.startsWith("/")) return name;
        try {
            return new File(name).getAbsolutePath();
        } catch (SecurityException e) {
            return name;
        }
    }

    /** The absolute path; {@code null} when the path is none of the JDK's own, whose methods we do not call. */
    static @Nullable String absolute(@Nullable Path path) {
        if (path == null || !isOfTheJdk(path)) return null;
        try {
            return path.toAbsolutePath().toString();
        } catch (SecurityException e) {
            return path.toString();
        }
    }

    static boolean isOfTheJdk(Path path) {
        return path.getClass().getClassLoader() == null;
    }

    /** The absolute path; {@code null} for an application's own kind of {@code File}. */
    static @Nullable String absolute(@Nullable File file) {
        return file == null || file.getClass() != File.class ? null : absolute(file.getPath());
    }
}
