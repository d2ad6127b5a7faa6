package dev.weir.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** One run of the launcher as a process of its own, and what it left: its screen, and what each process printed. */
record Launch(Path output, String screen) {
    static final List<String> PROCESSES = List.of("agent", "worker", "payments");

    static Launch of(String name, String... options) throws IOException, InterruptedException {
        Path output = Path.of(System.getProperty("demo.output"), name);
        Files.createDirectories(output);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-classpath",
                System.getProperty("java.class.path"),
                Demo.class.getName(),
                "--shop=" + System.getProperty("demo.shop"),
                "--weir=" + System.getProperty("demo.weir"),
                "--output=" + output));
        command.addAll(List.of(options));
        File screen = output.resolve("screen").toFile();
        int exitCode = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(screen)
                .start()
                .waitFor();
        Launch launch = new Launch(output, Files.readString(screen.toPath()));
        assertEquals(0, exitCode, launch.screen);
        return launch;
    }

    /** A cell of the table at the end. */
    String cell(String label, Mode column) {
        String header = line("\\s+(without|observe|enforce)\\b.*");
        int index = Arrays.asList(header.strip().split("\\s+")).indexOf(column.word);
        String row = line(Pattern.quote(label) + "\\s.*").substring(label.length());
        return row.strip().split(" {2,}")[index];
    }

    /** What a process of the shop wrote to standard output. */
    String printed(Mode mode, String process) throws IOException {
        return Files.readString(output.resolve(mode.word).resolve(process + ".out"));
    }

    /** What a process of the shop wrote to standard error, the agent in it included. */
    String logged(Mode mode, String process) throws IOException {
        return Files.readString(output.resolve(mode.word).resolve(process + ".err"));
    }

    /** The causal chain of the charge. */
    JsonNode charge(Mode mode) throws IOException {
        return new ObjectMapper()
                .readTree(output.resolve(mode.word).resolve("trace-1.json").toFile());
    }

    private String line(String expression) {
        return screen.lines()
                .filter(line -> line.matches(expression))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no line " + expression + " in:\n" + screen));
    }
}
