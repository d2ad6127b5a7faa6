package dev.weir.smoke.matrix;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs each adapter's tests with every library version of {@code versions.txt} on every JDK from 17 on that is installed
 * beside the running one, and prints the table that stands in {@code docs/library-versions.md}.
 */
class MatrixIT {

    private static final Path TOP = Path.of("../..").toAbsolutePath().normalize();
    private static final Path HOME = TOP.resolve("instrumentation");
    private static final List<String> COLUMNS = List.of(
            "traced-sync",
            "traced-async",
            "header",
            "timeout",
            "denial",
            "wire-attempts",
            "body",
            "concurrent",
            "attempts",
            "attempts-async",
            "other");
    private static final List<String> lines = new ArrayList<>();

    @TestFactory
    List<DynamicTest> everyVersionOnEveryJdk() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        Pattern only = Pattern.compile(System.getProperty("matrix.only", ""));
        for (Row row : Row.all()) {
            if (!only.matcher(row.toString()).find()) continue;
            for (Map.Entry<Integer, Path> jdk : jdks().entrySet()) {
                if (jdk.getKey() < row.oldestJdk()) continue;
                tests.add(DynamicTest.dynamicTest(
                        row.library() + " on JDK " + jdk.getKey(), () -> run(row, jdk.getKey(), jdk.getValue())));
            }
        }
        return tests;
    }

    @AfterAll
    static void print() throws IOException {
        StringBuilder table = new StringBuilder("\n| adapter | library | JDK | "
                + String.join(" | ", COLUMNS)
                + " | fuse |\n|"
                + "---|".repeat(COLUMNS.size() + 4)
                + "\n");
        for (String line : lines) table.append(line).append('\n');
        System.out.println(table);
        Files.writeString(Path.of("target/matrix.md"), table);
    }

    private static void run(Row row, int version, Path jdk) throws Exception {
        Path scratch = Path.of("target/rows", row.test(), row.artifact().replace(':', '_'), "jdk" + version)
                .toAbsolutePath();
        Path reports = Files.createDirectories(scratch.resolve("reports"));
        try (Stream<Path> old = Files.list(reports)) {
            for (Path file : old.toList()) Files.delete(file);
        }
        List<String> usual = List.of(
                Files.readString(HOME.resolve("target/test.classpath")).strip().split(File.pathSeparator));
        List<String> path = new ArrayList<>();
        path.add(HOME.resolve("target/test-classes").toString());
        path.add(HOME.resolve("target/classes").toString());
        path.addAll(ClassPath.of(row, usual, scratch));
        path.add(System.getProperty("java.class.path"));
        Path output = scratch.resolve("output.txt");
        Process process = new ProcessBuilder(
                        jdk.resolve("bin/java").toString(),
                        "-Xbootclasspath/a:" + TOP.resolve("bootstrap/target/classes"),
                        "-Xshare:off",
                        "-XX:+EnableDynamicAgentLoading",
                        "-cp",
                        String.join(File.pathSeparator, path),
                        "org.junit.platform.console.ConsoleLauncher",
                        "execute",
                        "--select-class=" + className(row.test()),
                        "--details=tree",
                        "--disable-banner",
                        "--disable-ansi-colors",
                        "--fail-if-no-tests",
                        "--config=junit.platform.reporting.open.xml.enabled=true",
                        "--config=junit.platform.reporting.output.dir=" + reports,
                        "--reports-dir=" + reports)
                .directory(HOME.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertTrue(process.waitFor(10, TimeUnit.MINUTES), "still running; see " + output);
        } finally {
            process.destroyForcibly();
        }
        Outcome outcome = Outcome.read(reports);
        StringBuilder line = new StringBuilder("| " + row.adapter() + " | " + row.library() + " | " + version + " |");
        for (String column : COLUMNS)
            line.append(' ').append(outcome.cell(column)).append(" |");
        lines.add(line + " " + outcome.fuse() + " |");
        assertTrue(outcome.isGood(), () -> outcome.cells() + ", see " + output + "\n" + failures(output));
    }

    /** What failed, and why: a second try writes over the output of the first. */
    private static String failures(Path output) {
        try {
            List<String> lines = Files.readAllLines(output);
            int from = 0;
            while (from < lines.size() && !lines.get(from).startsWith("Failures (")) from++;
            return String.join("\n", lines.subList(from, Math.min(lines.size(), from + 40)));
        } catch (IOException e) {
            return "unreadable: " + e;
        }
    }

    private static String className(String simpleName) throws IOException {
        Path classes = HOME.resolve("target/test-classes");
        try (Stream<Path> files = Files.walk(classes)) {
            Path file = files.filter(each -> each.endsWith(simpleName + ".class"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no test class " + simpleName));
            String relative = classes.relativize(file).toString();
            return relative.substring(0, relative.length() - ".class".length()).replace(File.separatorChar, '.');
        }
    }

    /** One build of each feature version, the running one among them. */
    private static Map<Integer, Path> jdks() throws IOException {
        Map<Integer, Path> found = new TreeMap<>();
        Path running = Path.of(System.getProperty("java.home")).toRealPath();
        try (Stream<Path> siblings = Files.list(running.getParent())) {
            for (Path sibling : siblings.toList()) {
                Path release = sibling.resolve("release");
                if (!Files.isRegularFile(release) || !Files.isExecutable(sibling.resolve("bin/javac"))) continue;
                Properties properties = new Properties();
                try (var in = Files.newBufferedReader(release)) {
                    properties.load(in);
                }
                String version = properties.getProperty("JAVA_VERSION", "0").replace("\"", "");
                int feature = Integer.parseInt(version.split("[.+-]")[0]);
                if (feature >= 17) found.put(feature, sibling.toRealPath());
            }
        }
        found.put(Runtime.version().feature(), running);
        return found;
    }
}
