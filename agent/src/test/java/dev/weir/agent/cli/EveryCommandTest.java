package dev.weir.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** What is the same for every command, also for one that is added tomorrow. */
@ResourceLock(Resources.SYSTEM_OUT)
@ResourceLock(Resources.SYSTEM_ERR)
class EveryCommandTest {
    /** Of a terminal as it is opened. */
    private static final int LINES = 24;

    private static final int COLUMNS = 80;
    private static final String NOBODY = "999999999";

    @TempDir
    private Path folder;

    static Set<String> names() {
        return new TreeSet<>(new CommandLine(new WeirCommand()).getSubcommands().keySet());
    }

    private static CommandSpec spec(String command) {
        return new CommandLine(new WeirCommand()).getSubcommands().get(command).getCommandSpec();
    }

    static Stream<List<String>> helps() {
        return Stream.concat(Stream.of(List.of("--help")), names().stream().map(name -> List.of(name, "--help")));
    }

    @ParameterizedTest
    @MethodSource("helps")
    void helpFitsAScreen(List<String> words) {
        Said help = Said.by(words);
        assertEquals(0, help.code());
        assertEquals("", help.err());
        List<String> lines = help.out().lines().toList();
        assertTrue(lines.size() <= LINES, () -> lines.size() + " lines:\n" + help.out());
        for (String line : lines) assertTrue(line.length() <= COLUMNS, line);
    }

    @ParameterizedTest
    @MethodSource("names")
    void jsonIsOfferedAndTheCommandIsDocumented(String command) throws IOException {
        assertTrue(spec(command).optionsMap().containsKey("--json"), command);
        String document = Files.readString(Path.of("../docs/commands.md"));
        assertTrue(document.contains("| `" + command) || document.contains(", `" + command), command);
    }

    @ParameterizedTest
    @MethodSource("names")
    void whatCannotBeUnderstoodEndsWith2AndSaysWhereHelpIs(String command) {
        Said said = Said.by(List.of(command, "--no-such-option"));
        assertEquals(2, said.code());
        assertEquals("", said.out());
        assertTrue(said.err().startsWith("weir: "), said.err());
        assertTrue(said.err().endsWith("Help: java -jar weir.jar " + command + " --help\n"), said.err());
    }

    /** In words on standard error, also with {@code --json}: who reads standard output gets JSON or nothing. */
    @Test
    void whatCannotBeDoneEndsWith1() throws IOException {
        Path file = Files.writeString(folder.resolve("chain.jsonl"), "{\"resourceSpans\":[]}\n");
        Set<String> left = names();
        // These two ask nobody.
        left.removeAll(Set.of("version", "serve"));
        try (Socket nobody = new Socket()) {
            nobody.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            String at = "http://127.0.0.1:" + nobody.getLocalPort();
            for (List<String> words : List.of(
                    List.of("report", "--json", "--at", at),
                    List.of("export", "--json", "--at", at, "4bf92f3577b34da6a3ce929d0e0e4736"),
                    List.of("import", "--json", "--at", at, file.toString()),
                    List.of("rules", "--json", NOBODY),
                    List.of("doctor", "--json", NOBODY),
                    List.of("attach", "--json", NOBODY),
                    List.of("mode", "--json", NOBODY, "deadline", "enforce"))) {
                Said said = Said.by(words);
                assertEquals(1, said.code(), words + ": " + said);
                assertEquals("", said.out(), words.toString());
                assertTrue(said.err().startsWith("weir: ") && said.err().lines().count() == 1, said.err());
                left.remove(words.get(0));
            }
        }
        assertEquals(Set.of(), left, "not tried");
    }

    @Test
    void jsonIsJson() {
        for (List<String> words :
                List.of(List.of("version", "--json"), List.of("rules", "--json"), List.of("doctor", "--json"))) {
            Said said = Said.by(words);
            assertEquals(0, said.code(), said.toString());
            JsonObject answer = JsonParser.parseString(said.out()).getAsJsonObject();
            assertTrue(answer.size() > 0, said.out());
        }
    }
}
