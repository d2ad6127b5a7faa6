package dev.weir.benchmark;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What was asked for on the command line. */
record Settings(
        Pace pace,
        int rounds,
        long seed,
        List<Agent> agents,
        List<Line> lines,
        Path java,
        Map<Agent, Path> jars,
        Path springBoot,
        Path directory) {

    /** Reads the properties that smoke-tests/benchmark/pom.xml passes on; an empty value is the default. */
    static Settings of(Properties properties) {
        boolean quick = choose(properties, "quick", List.of("true", "false"), word -> word, List.of("false"))
                .contains("true");
        Pace pace = quick ? Pace.quick() : Pace.full();
        long warmUp = number(properties, "benchmark.warm-up", pace.warmUpSeconds(), 1);
        List<Agent> agents = choose(properties, "benchmark.agents", List.of(Agent.values()), Agent::id, List.of());
        List<Line> lines = choose(
                properties,
                "benchmark.lines",
                List.of(Line.values()),
                Line::id,
                Stream.of(Line.values()).filter(Line::byDefault).toList());
        Path directory = Path.of(value(properties, "benchmark.directory", "target"));
        Set<Agent> needed = EnumSet.noneOf(Agent.class);
        lines.forEach(line -> needed.addAll(agents(agents, line)));
        Map<Agent, Path> jars = new EnumMap<>(Agent.class);
        for (Agent agent : needed) {
            switch (agent) {
                case NONE -> {
                    // nothing is attached
                }
                case EMPTY -> jars.put(agent, directory.resolve("empty-agent.jar"));
                case WEIR, WEIR_PROPAGATION ->
                    jars.put(agent, jar(properties, "weir.jar", "build it: mvn -q package -DskipTests -pl agent -am"));
                case OPENTELEMETRY, DATADOG, ELASTIC, GLOWROOT ->
                    jars.put(
                            agent, jar(properties, agent.jar() + ".jar", "let Maven fetch it: mvn -Pbenchmark verify"));
            }
        }
        return new Settings(
                pace.warmedUp(warmUp),
                (int) number(properties, "benchmark.runs", quick ? 1 : 7, 1),
                number(properties, "benchmark.seed", System.nanoTime() & 0xFFFF_FFFFL, 0),
                agents,
                lines,
                Path.of(value(properties, "benchmark.java", System.getProperty("java.home") + "/bin/java")),
                jars,
                Path.of(value(properties, "benchmark.spring-boot", "spring-boot/target/lib"))
                        .toAbsolutePath()
                        .normalize(),
                directory);
    }

    /** The agents that a line runs with: its own, or those of the chosen ones whose spans are known there. */
    List<Agent> agents(Line line, int jdk) {
        return agents(agents, line).stream()
                .filter(agent -> agent.newestJdk() >= jdk)
                .toList();
    }

    private static List<Agent> agents(List<Agent> chosen, Line line) {
        return chosen.isEmpty()
                ? line.agents()
                : chosen.stream().filter(line.kind().possibleAgents()::contains).toList();
    }

    private static <T> List<T> choose(
            Properties properties, String name, List<T> offered, Function<T, String> id, List<T> byDefault) {
        String value = value(properties, name, "");
        if (value.isEmpty()) {
            return byDefault;
        }
        List<T> chosen = new ArrayList<>();
        for (String word : value.split(",")) {
            chosen.add(offered.stream()
                    .filter(candidate -> id.apply(candidate).equals(word.strip()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("-D" + name + "=" + value + ": \"" + word
                            + "\" is not one of "
                            + offered.stream().map(id).collect(Collectors.joining(", ")))));
        }
        return chosen;
    }

    private static Path jar(Properties properties, String name, String remedy) {
        Path jar = Path.of(value(properties, name, name));
        if (!Files.isRegularFile(jar)) {
            throw new IllegalArgumentException("-D" + name + "=" + jar + " is not there; " + remedy);
        }
        return jar.toAbsolutePath().normalize();
    }

    private static long number(Properties properties, String name, long byDefault, long minimum) {
        String value = value(properties, name, Long.toString(byDefault));
        try {
            long number = Long.parseLong(value);
            if (number >= minimum) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("-D" + name + "=" + value + " is not a number from " + minimum + " up");
    }

    private static String value(Properties properties, String name, String byDefault) {
        return Stream.of(properties.getProperty(name, ""))
                .map(String::strip)
                .filter(value -> !value.isEmpty())
                .findFirst()
                .orElse(byDefault);
    }
}
