package dev.weir.incidents.harness;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A JDK on this machine. */
public record InstalledJdk(int feature, Path home) {

    /** Its {@code java} command. */
    public Path java() {
        return home.resolve("bin").resolve("java");
    }

    @Override
    public String toString() {
        return "JDK " + feature;
    }

    /** The running JDK and its siblings from 17 on, one of each feature version, oldest first. */
    public static List<InstalledJdk> all() throws IOException {
        Path running = Path.of(System.getProperty("java.home")).toRealPath();
        TreeMap<Integer, InstalledJdk> found = new TreeMap<>();
        found.put(
                Runtime.version().feature(), new InstalledJdk(Runtime.version().feature(), running));
        try (Stream<Path> siblings = Files.list(running.getParent())) {
            for (Path home : siblings.sorted().toList()) {
                int feature = feature(home);
                if (feature >= 17) found.putIfAbsent(feature, new InstalledJdk(feature, home.toRealPath()));
            }
        }
        return new ArrayList<>(found.values());
    }

    /** The feature version that a JDK's {@code release} file names; 0 when this is no JDK. */
    private static int feature(Path home) throws IOException {
        Path release = home.resolve("release");
        if (!Files.isExecutable(home.resolve("bin").resolve("java")) || !Files.isRegularFile(release)) return 0;
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(release)) {
            properties.load(in);
        }
        String version = properties.getProperty("JAVA_VERSION", "0").replace("\"", "");
        return Runtime.Version.parse(version.startsWith("1.") ? version.substring(2, 3) : version)
                .feature();
    }
}
