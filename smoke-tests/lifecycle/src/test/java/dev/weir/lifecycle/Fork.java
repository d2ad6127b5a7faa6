package dev.weir.lifecycle;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.incidents.harness.Collector;
import dev.weir.incidents.harness.InstalledJdk;
import dev.weir.incidents.harness.Program;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How one of this module's programs is started. */
final class Fork {

    private final Class<?> main;
    private final List<String> arguments;
    private final List<String> jvm = new ArrayList<>();
    private final Map<String, String> environment = new TreeMap<>();
    private String java =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private Path directory;

    private Fork(Class<?> main, List<String> arguments) {
        this.main = main;
        this.arguments = arguments;
    }

    static Fork of(Class<?> main, Object... arguments) {
        return new Fork(main, List.of(arguments).stream().map(String::valueOf).toList());
    }

    static String weirJar() {
        String jar = System.getProperty("weir.jar", "");
        assertTrue(Files.isRegularFile(Path.of(jar)), () -> "no weir.jar at '" + jar + "'");
        return jar;
    }

    Fork on(InstalledJdk jdk) {
        java = jdk.java().toString();
        return this;
    }

    Fork jvm(String... options) {
        jvm.addAll(List.of(options));
        return this;
    }

    /** With {@code -javaagent}; the settings are {@code name=value}. */
    Fork weir(String... settings) {
        jvm.add("-javaagent:" + weirJar());
        for (String setting : settings) jvm.add("-D" + setting);
        return this;
    }

    /** With {@code -javaagent} and this collector. */
    Fork weir(Collector collector, String... settings) {
        return weir(settings).jvm("-Dotel.exporter.otlp.endpoint=" + collector.endpoint());
    }

    Fork environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Fork in(Path working) {
        directory = working;
        return this;
    }

    Program start() throws IOException {
        List<String> command = new ArrayList<>(
                List.of(java, "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classPath()));
        command.addAll(jvm);
        command.add(main.getName());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        if (directory != null) builder.directory(directory.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("OTEL_") || name.startsWith("WEIR_"));
        builder.environment().putAll(environment);
        return new Program(main.getSimpleName(), builder);
    }

    private String classPath() {
        try {
            return Path.of(main.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What Weir said, one line each. */
    static List<String> said(Program program) {
        return program.stderr().stream()
                .filter(line -> line.startsWith("weir: "))
                .toList();
    }

    /** The line at the end. */
    static String lastWord(Program program) {
        List<String> sums = said(program).stream()
                .filter(line -> line.startsWith("weir: stops: "))
                .toList();
        if (sums.size() != 1) throw new AssertionError("not one word at the end of " + program);
        return sums.get(0);
    }
}
