package dev.weir.smoke.matrix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The tests' class path with another version of one library, as Maven resolves that version. */
final class ClassPath {

    private static final Path REPOSITORY = Path.of(System.getProperty("maven.repo.local"));

    /** A row is run on each JDK, and Maven takes as long as its tests. */
    private static final Map<List<String>, List<String>> RESOLVED = new HashMap<>();

    private ClassPath() {}

    /** The jars of the row's library in place of those that have the same group in the usual class path. */
    static List<String> of(Row row, List<String> usual, Path scratch) throws IOException, InterruptedException {
        List<String> replacing = RESOLVED.get(row.artifacts());
        if (replacing == null) {
            replacing = resolve(row.artifacts(), scratch);
            RESOLVED.put(row.artifacts(), replacing);
        }
        Set<Path> groups = new HashSet<>();
        for (String jar : replacing) groups.add(group(jar));
        List<String> path = new ArrayList<>(replacing);
        for (String jar : usual) {
            if (!groups.contains(group(jar))) path.add(jar);
        }
        return path;
    }

    /** {@code repository/com/example/artifact/1.0/artifact-1.0.jar} is of the group {@code com/example}. */
    private static Path group(String jar) {
        return Path.of(jar).getParent().getParent().getParent();
    }

    private static List<String> resolve(List<String> artifacts, Path scratch) throws IOException, InterruptedException {
        StringBuilder dependencies = new StringBuilder();
        StringBuilder managed = new StringBuilder();
        for (String artifact : artifacts) {
            String[] parts = artifact.split(":");
            boolean bom = parts.length > 3 && parts[3].equals("pom");
            (bom ? managed : dependencies)
                    .append(
                            "<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version>%s</dependency>"
                                    .formatted(
                                            parts[0],
                                            parts[1],
                                            parts[2],
                                            bom ? "<type>pom</type><scope>import</scope>" : ""));
        }
        Files.createDirectories(scratch);
        Path pom = scratch.resolve("pom.xml");
        Files.writeString(pom, """
                <project>
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>dev.weir</groupId>
                  <artifactId>row</artifactId>
                  <version>1</version>
                  <dependencyManagement><dependencies>%s</dependencies></dependencyManagement>
                  <dependencies>%s</dependencies>
                </project>
                """.formatted(managed, dependencies));
        Path result = scratch.resolve("classpath.txt");
        Path log = scratch.resolve("maven.log");
        Process maven = new ProcessBuilder(
                        Path.of(System.getProperty("maven.home"), "bin", "mvn").toString(),
                        "-B",
                        "-q",
                        "-f",
                        pom.toString(),
                        "-Dmaven.repo.local=" + REPOSITORY,
                        "-Dmdep.outputFile=" + result,
                        "org.apache.maven.plugins:maven-dependency-plugin:3.11.0:build-classpath")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertTrue(maven.waitFor(10, TimeUnit.MINUTES), "Maven does not end, see " + log);
        assertEquals(0, maven.exitValue(), () -> "Maven cannot resolve " + artifacts + ", see " + log);
        return List.of(Files.readString(result).strip().split(File.pathSeparator));
    }
}
