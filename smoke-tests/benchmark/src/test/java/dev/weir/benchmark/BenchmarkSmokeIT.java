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

    @ParameterizedTest
    @EnumSource(names = {"NONE", "WEIR"})
    void operationsAreMeasuredAndTheirSpansCounted(Agent agent) throws Exception {
        try (TargetServer target = new TargetServer()) {
            RunResult run = new OperationRun(java(agent), Pace.smoke(), target.address(), directory)
                    .run(Line.HTTP_CLIENT, agent, "http");
            assertEquals(List.of(), run.objections());
            assertTrue(value(run, Metric.OPERATION_TIME) > 1, run::toString);
            assertTrue(value(run, Metric.OPERATION_CPU) > 1, run::toString);
            assertTrue(value(run, Metric.OPERATION_BYTES) > 1_000, run::toString);
        }
    }

    /** Each line's program starts, and makes as many spans as the benchmark expects. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "HELLO")
    void everyLineIsMeasured(Line line) throws Exception {
        assumeTrue(Runtime.version().feature() >= line.minimumJdk());
        try (TargetServer target = new TargetServer()) {
            RunResult run = new OperationRun(java(Agent.WEIR), Pace.smoke(), target.address(), directory)
                    .run(line, Agent.WEIR, line.id());
            assertEquals(List.of(), run.objections());
        }
    }

    @Test
    void aProcessThatCannotStartIsRefused() throws Exception {
        try (TargetServer target = new TargetServer()) {
            Path noJar = Files.createFile(directory.resolve("not-an-agent.jar"));
            JavaCommand broken = new JavaCommand(jvm(), Map.of(Agent.EMPTY, noJar));
            RunResult operations = new OperationRun(broken, Pace.smoke(), target.address(), directory)
                    .run(Line.JDBC, Agent.EMPTY, "jdbc");
            assertTrue(operations.objections().get(0).startsWith("ended early"), operations::toString);
            RunResult hello = new StartUpRun(broken, directory).run(Agent.EMPTY, "hello");
            assertTrue(hello.objections().get(0).startsWith("ended with status 1"), hello::toString);
        }
    }

    private JavaCommand java(Agent agent) throws IOException {
        return switch (agent) {
            case NONE, OPENTELEMETRY -> new JavaCommand(jvm(), Map.of());
            case EMPTY -> new JavaCommand(jvm(), Map.of(agent, EmptyAgentJar.writeTo(directory)));
            case WEIR -> {
                Path jar = Path.of(System.getProperty("weir.jar", "../../agent/target/weir.jar"))
                        .toAbsolutePath()
                        .normalize();
                assumeTrue(Files.isRegularFile(jar), () -> jar + " is not built: mvn -q package -pl agent -am");
                yield new JavaCommand(jvm(), Map.of(agent, jar));
            }
        };
    }

    private static Path jvm() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    private static double value(RunResult run, Metric metric) {
        return run.values().getOrDefault(metric, Double.NaN);
    }
}
