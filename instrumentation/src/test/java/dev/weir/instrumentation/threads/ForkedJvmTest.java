package dev.weir.instrumentation.threads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** What depends on the JVM's flags: the number of processors, previews. */
class ForkedJvmTest {

    @TempDir
    private Path directory;

    private List<String> run(String program, String... flags) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(flags));
        command.add("-Xbootclasspath/a:"
                + Path.of("..", "bootstrap", "target", "classes").toAbsolutePath());
        command.addAll(List.of("-Xshare:off", "-XX:+UnlockDiagnosticVMOptions", "-XX:+BytecodeVerificationLocal"));
        command.addAll(List.of("-XX:+EnableDynamicAgentLoading", "-Djdk.attach.allowAttachSelf=true"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ForkedProgram.class.getName(), program));
        File output = directory.resolve("out.txt").toFile();
        Process process = new ProcessBuilder(command)
                .redirectOutput(output)
                .redirectErrorStream(true)
                .start();
        try {
            assertTrue(process.waitFor(120, TimeUnit.SECONDS), "it hangs");
        } finally {
            process.destroyForcibly();
        }
        return Files.readAllLines(output.toPath(), StandardCharsets.UTF_8);
    }

    @Test
    void oneProcessorMeansAThreadForEachAsyncTask() throws Exception {
        assertEquals(
                List.of(
                        "supplyAsync: run",
                        "thenApplyAsync: run run",
                        "without: null",
                        "left on this thread: null",
                        "failures: []"),
                run("async", "-XX:ActiveProcessorCount=1").stream()
                        .filter(line -> !line.startsWith("parallelism"))
                        .toList());
    }

    @Test
    void fourProcessorsMeanTheCommonPool() throws Exception {
        assertEquals(
                List.of(
                        "parallelism: 3",
                        "supplyAsync: run",
                        "thenApplyAsync: run run",
                        "without: null",
                        "left on this thread: null",
                        "failures: []"),
                run("async", "-XX:ActiveProcessorCount=4"));
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_25)
    void structuredConcurrency() throws Exception {
        assertEquals(
                List.of("subtask: run", "subtask: run", "subtask: null", "left on this thread: null", "failures: []"),
                run("structured", "--enable-preview"));
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_25)
    void scopedValuesCompose() throws Exception {
        assertEquals(
                List.of(
                        "in run: bound run",
                        "in a thread: false run",
                        "in a virtual thread: inner run",
                        "after: false",
                        "left on this thread: null",
                        "failures: []"),
                run("scoped"));
    }
}
