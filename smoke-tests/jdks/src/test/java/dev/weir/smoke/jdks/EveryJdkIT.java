package dev.weir.smoke.jdks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs the unit tests of {@code instrumentation} and {@code agent} on every other JDK from 17 on that is installed beside
 * the running one. The woven JDK classes differ from JDK to JDK, so this is where an adapter shows that it fits.
 */
class EveryJdkIT {

    private static final int OLDEST = 17;
    private static final int LIMIT = Integer.getInteger("flaky.limit");
    private static final Path TOP = Path.of("../..").toAbsolutePath().normalize();

    private final AtomicInteger flakes = new AtomicInteger();

    @TestFactory
    List<DynamicTest> unitTestsPass() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (var jdk : others().entrySet()) {
            for (String module : List.of("instrumentation", "agent")) {
                // A JVM for each package: an adapter stays woven, and tests of one must not meet another.
                for (String tested : packages(TOP.resolve(module).resolve("target/test-classes"))) {
                    tests.add(DynamicTest.dynamicTest(
                            tested + " on JDK " + jdk.getKey(),
                            () -> run(module, tested, jdk.getKey(), jdk.getValue())));
                }
            }
        }
        if (tests.isEmpty()) {
            System.out.println("Only one JDK from " + OLDEST + " on is installed here: nothing to run again.");
            tests.add(DynamicTest.dynamicTest("no other JDK is installed", () -> {}));
        }
        return tests;
    }

    /** A package that fails is run again, as in the other modules (CONTRIBUTING): not the many that passed. */
    private void run(String module, String tested, int version, Path jdk) throws Exception {
        String complaint = complaint(module, tested, version, jdk, "");
        if (complaint.isEmpty()) return;
        System.out.println("[WARNING] failed at first: " + tested + " on JDK " + version + "\n" + complaint);
        assertEquals("", complaint(module, tested, version, jdk, "-again"));
        int sofar = flakes.incrementAndGet();
        assertTrue(sofar < LIMIT, sofar + " packages passed only when they ran again: " + complaint);
    }

    private static String complaint(String module, String tested, int version, Path jdk, String run) throws Exception {
        Path home = TOP.resolve(module);
        Path reports = Files.createDirectories(home.resolve("target/jdk" + version + "-reports/" + tested + run));
        List<String> command = new ArrayList<>(List.of(jdk.resolve("bin/java").toString()));
        command.addAll(List.of(System.getProperty("short.lived.jvm").split(" ")));
        command.addAll(List.of(
                "-Xbootclasspath/a:" + TOP.resolve("bootstrap/target/classes"),
                "-Xshare:off",
                "-XX:+EnableDynamicAgentLoading",
                "-cp",
                String.join(
                        File.pathSeparator,
                        home.resolve("target/test-classes").toString(),
                        home.resolve("target/classes").toString(),
                        Files.readString(home.resolve("target/test.classpath")).strip(),
                        System.getProperty("java.class.path")),
                "org.junit.platform.console.ConsoleLauncher",
                "execute",
                "--select-package=" + tested,
                "--include-classname=" + Pattern.quote(tested) + "\\.[A-Z][^.]*Test",
                "--details=summary",
                "--disable-banner",
                "--fail-if-no-tests",
                "--reports-dir=" + reports));
        Path output = reports.resolve("output.txt");
        Process process = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            if (!process.waitFor(20, TimeUnit.MINUTES)) return "still running; see " + output;
            return process.exitValue() == 0 ? "" : "see " + output + "\n" + tail(output);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Packages with a test class of their own. */
    private static Set<String> packages(Path classes) throws IOException {
        Set<String> packages = new TreeSet<>();
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.toList()) {
                if (!file.toString().endsWith("Test.class")) continue;
                packages.add(classes.relativize(file.getParent()).toString().replace(File.separatorChar, '.'));
            }
        }
        return packages;
    }

    private static String tail(Path output) {
        try {
            List<String> lines = Files.readAllLines(output);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 80), lines.size()));
        } catch (IOException e) {
            return "unreadable: " + e;
        }
    }

    /** The newest build of each feature version, but the running one. */
    private static TreeMap<Integer, Path> others() throws IOException {
        TreeMap<Integer, Path> found = new TreeMap<>();
        Path running = Path.of(System.getProperty("java.home")).toRealPath();
        try (Stream<Path> siblings = Files.list(running.getParent())) {
            for (Path sibling : siblings.toList()) {
                Path release = sibling.resolve("release");
                if (!Files.isRegularFile(release) || !Files.isExecutable(sibling.resolve("bin/javac"))) continue;
                int version = version(release);
                if (version >= OLDEST && version != Runtime.version().feature())
                    found.put(version, sibling.toRealPath());
            }
        }
        return found;
    }

    private static int version(Path release) throws IOException {
        Properties properties = new Properties();
        try (var in = Files.newBufferedReader(release)) {
            properties.load(in);
        }
        String version = properties.getProperty("JAVA_VERSION", "0").replace("\"", "");
        return Runtime.Version.parse(
                        version.startsWith("1.") ? version.substring(2).split("[._]")[0] : version)
                .feature();
    }
}
