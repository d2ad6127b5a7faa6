package dev.weir.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One small run of each kind: that the benchmark works, not what anything costs. */
class BenchmarkSmokeIT {

    private static final String AGENTS = System.getProperty("agents", "target/agents");
    private static final Path SPRING_BOOT =
            Path.of(System.getProperty("benchmark.spring-boot", "spring-boot/target/lib"));

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(names = {"NONE", "EMPTY", "WEIR"})
    void helloStarts(Agent agent) throws Exception {
        RunResult run = new StartUpRun(java(agent), directory).run(agent, "hello");
        assertEquals(List.of(), run.objections());
        assertTrue(value(run, Metric.START_CPU) > 1, run::toString);
        assertTrue(value(run, Metric.START_WALL) > 1, run::toString);
        assertTrue(value(run, Metric.START_CLASSES) > 100, run::toString);
        assertTrue(value(run, Metric.START_RSS) > 5, run::toString);
    }

    /** The program starts, and with an agent its one request makes as many spans as the benchmark expects. */
    @ParameterizedTest
    @EnumSource(names = {"EMPTY", "WEIR"})
    void springBootBecomesReady(Agent agent) throws Exception {
        RunResult run = springBoot(agent).run(Line.SPRING_BOOT, agent, "spring-boot");
        assertEquals(List.of(), run.objections());
        assertTrue(value(run, Metric.START_CPU) > 100, run::toString);
        assertTrue(value(run, Metric.START_WALL) > 100, run::toString);
        assertTrue(value(run, Metric.START_RSS) > 20, run::toString);
    }

    @Test
    void anArchiveIsMadeAndUsedWithoutAWarning() throws Exception {
        RunResult run = springBoot(Agent.WEIR).run(Line.ARCHIVE, Agent.WEIR, "archive");
        assertEquals(List.of(), run.objections());
        assertTrue(value(run, Metric.START_ARCHIVED) > 3_000, run::toString);
        assertEquals(0, value(run, Metric.START_WARNINGS), run::toString);
    }

    /** Needs -Pagents, which fetches them. */
    @ParameterizedTest
    @EnumSource(names = {"OPENTELEMETRY", "DATADOG", "ELASTIC", "GLOWROOT"})
    void otherAgentsMakeTheSpansThatAreExpectedOfThem(Agent agent) throws Exception {
        assumeTrue(Runtime.version().feature() <= agent.newestJdk());
        JavaCommand java = java(agent);
        try (TargetServer target = new TargetServer()) {
            for (Line line : Line.values()) {
                if (line.kind().isOperation()
                        && line.kind().possibleAgents().contains(agent)
                        && Runtime.version().feature() >= line.minimumJdk()) {
                    RunResult run = round(java, target, line, agent);
                    assertEquals(List.of(), run.objections(), line::id);
                }
            }
        }
        if (Kind.READY.agents().contains(agent)) {
            RunResult run = springBoot(agent).run(Line.SPRING_BOOT, agent, "spring-boot");
            assertEquals(List.of(), run.objections());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NONE", "WEIR", "WEIR_PROPAGATION"})
    void operationsAreMeasuredAndTheirSpansCounted(Agent agent) throws Exception {
        try (TargetServer target = new TargetServer()) {
            RunResult run = round(java(agent), target, Line.HTTP_CLIENT, agent);
            assertEquals(List.of(), run.objections());
            assertTrue(value(run, Metric.OPERATION_TIME) > 1, run::toString);
            assertTrue(value(run, Metric.OPERATION_CPU) > 1, run::toString);
            assertTrue(value(run, Metric.OPERATION_BYTES) > 1_000, run::toString);
        }
    }

    /** Each line's program starts, and makes as many spans as the benchmark expects. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"HELLO", "SPRING_BOOT", "ARCHIVE"})
    void everyLineIsMeasured(Line line) throws Exception {
        assumeTrue(Runtime.version().feature() >= line.minimumJdk());
        try (TargetServer target = new TargetServer()) {
            RunResult run = round(java(Agent.WEIR), target, line, Agent.WEIR);
            assertEquals(List.of(), run.objections());
        }
    }

    @Test
    void aProcessThatCannotStartIsRefused() throws Exception {
        try (TargetServer target = new TargetServer()) {
            Path noJar = Files.createFile(directory.resolve("not-an-agent.jar"));
            JavaCommand broken = new JavaCommand(jvm(), Map.of(Agent.EMPTY, noJar), SPRING_BOOT);
            RunResult operations = round(broken, target, Line.JDBC, Agent.EMPTY);
            assertTrue(operations.objections().get(0).startsWith("ended early"), operations::toString);
            RunResult hello = new StartUpRun(broken, directory).run(Agent.EMPTY, "hello");
            assertTrue(hello.objections().get(0).startsWith("ended with status 1"), hello::toString);
        }
    }

    /** One that cannot start does not keep the others from being measured, together on one core. */
    @Test
    void oneThatFailsDoesNotEndTheOthers() throws Exception {
        Path noJar = Files.createFile(directory.resolve("not-an-agent.jar"));
        JavaCommand java = new JavaCommand(
                jvm(),
                Map.of(Agent.EMPTY, noJar, Agent.WEIR, jar("weir.jar", "../../agent/target/weir.jar", "mvn package")),
                SPRING_BOOT);
        try (TargetServer target = new TargetServer()) {
            List<RunResult> runs = new OperationRound(java, Pace.smoke(), target.address(), directory)
                    .run(List.of(
                            new RunPlan.Run(1, Line.JDBC, Agent.WEIR),
                            new RunPlan.Run(1, Line.JDBC, Agent.EMPTY),
                            new RunPlan.Run(1, Line.JDBC, Agent.NONE)));
            assertEquals(
                    List.of(Agent.WEIR, Agent.EMPTY, Agent.NONE),
                    runs.stream().map(RunResult::agent).toList());
            assertEquals(List.of(), runs.get(0).objections());
            assertTrue(runs.get(1).objections().get(0).startsWith("ended early"), runs::toString);
            assertEquals(List.of(), runs.get(2).objections());
            assertTrue(value(runs.get(2), Metric.OPERATION_CPU) > 0, runs::toString);
            assertEquals(
                    List.of(),
                    runs.get(0).notes().stream()
                            .filter(note -> note.contains("core"))
                            .toList());
        }
    }

    private RunResult round(JavaCommand java, TargetServer target, Line line, Agent agent) throws Exception {
        return new OperationRound(java, Pace.smoke(), target.address(), directory)
                .run(List.of(new RunPlan.Run(1, line, agent)))
                .get(0);
    }

    private SpringBootRun springBoot(Agent agent) throws IOException {
        ClassArchive archive = new ClassArchive(directory, Runtime.version().feature());
        return new SpringBootRun(java(agent), archive, directory);
    }

    private JavaCommand java(Agent agent) throws IOException {
        Map<Agent, Path> jars = switch (agent) {
            case NONE -> Map.of();
            case EMPTY -> Map.of(agent, EmptyAgentJar.writeTo(directory));
            case WEIR, WEIR_PROPAGATION ->
                Map.of(agent, jar("weir.jar", "../../agent/target/weir.jar", "mvn -q package -pl agent -am"));
            case OPENTELEMETRY, DATADOG, ELASTIC, GLOWROOT ->
                Map.of(agent, jar("no property", AGENTS + "/" + agent.jar() + ".jar", "mvn -Pagents verify"));
        };
        return new JavaCommand(jvm(), jars, SPRING_BOOT);
    }

    private static Path jar(String property, String path, String remedy) {
        Path jar = Path.of(System.getProperty(property, path)).toAbsolutePath().normalize();
        assumeTrue(Files.isRegularFile(jar), () -> jar + " is not there: " + remedy);
        return jar;
    }

    private static Path jvm() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    private static double value(RunResult run, Metric metric) {
        return run.values().getOrDefault(metric, Double.NaN);
    }
}
