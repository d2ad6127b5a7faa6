package dev.weir.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Runs the launcher as a user does and holds it to what it prints, and the application to what it printed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DemoIT {
    private final Path output = Path.of(System.getProperty("demo.output"));
    private String screen = "";

    @BeforeAll
    void runTheDemo() throws IOException, InterruptedException {
        screen = launch(output, "--without");
    }

    @Test
    void withoutTheAgentThreeLoopsOfThreeReachTheProvider27Times() {
        assertEquals("27", cell("charge: calls that reached the payment provider", "without"));
        assertEquals("yes", cell("refund: paid out after the customer was told \"no refund\"", "without"));
        assertEquals("6", cell("refund: ... of them after the caller gave up", "without"));
    }

    static String launch(Path output, String... modes) throws IOException, InterruptedException {
        Files.createDirectories(output);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-classpath",
                System.getProperty("java.class.path"),
                Demo.class.getName(),
                "--shop=" + System.getProperty("demo.shop"),
                "--weir=" + System.getProperty("demo.weir"),
                "--output=" + output));
        command.addAll(List.of(modes));
        File screen = output.resolve("screen").toFile();
        int exitCode = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(screen)
                .start()
                .waitFor();
        String printed = Files.readString(screen.toPath());
        assertEquals(0, exitCode, printed);
        return printed;
    }

    /** Reads a cell of the table that the launcher prints at the end. */
    private String cell(String label, String column) {
        String header = line("\\s+(without|observe|enforce)\\b.*");
        int index = Arrays.asList(header.strip().split("\\s+")).indexOf(column);
        String row = line(Pattern.quote(label) + "\\s.*").substring(label.length());
        return row.strip().split(" {2,}")[index];
    }

    private String line(String expression) {
        return screen.lines()
                .filter(line -> line.matches(expression))
                .findFirst()
                .orElseThrow(
                        () -> new AssertionError(String.format(Locale.ROOT, "no line %s in:%n%s", expression, screen)));
    }
}
