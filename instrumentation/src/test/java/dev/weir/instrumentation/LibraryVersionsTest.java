package dev.weir.instrumentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.instrumentation.weaving.Instrumentation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What {@code docs/library-versions.md} says was tested is what {@code mvn -Pmatrix verify} tests. */
class LibraryVersionsTest {

    private static final Path TOP = Path.of("..");

    @Test
    void documentedVersionsAreTheTestedOnes() throws IOException {
        Set<String> tested = new TreeSet<>();
        for (String line : versions()) {
            String[] words = line.split("[ +]+");
            String[] artifact = words[2].split(":");
            String name = words[1].split("@")[0];
            String test = name.endsWith("InstrumentationTest") ? "" : " (" + name + ")";
            tested.add(words[0] + " | " + artifact[1] + " " + artifact[2] + test);
        }
        Set<String> documented = new TreeSet<>();
        for (String line : Files.readAllLines(TOP.resolve("docs/library-versions.md"))) {
            String[] cells = line.split(" *\\| *");
            boolean row = cells.length > 4 && cells[3].matches("\\d+");
            if (row) documented.add(cells[1] + " | " + cells[2]);
            assertTrue(!line.contains("**"), () -> "a failure stands in the table: " + line);
        }
        assertEquals(tested, documented);
    }

    @Test
    void testedAdaptersExist() throws IOException {
        Set<String> names =
                Instrumentations.all().stream().map(Instrumentation::name).collect(Collectors.toSet());
        for (String line : versions()) assertTrue(names.contains(line.split(" ")[0]), line);
    }

    private static List<String> versions() throws IOException {
        List<String> rows = new ArrayList<>();
        for (String line : Files.readAllLines(TOP.resolve("smoke-tests/matrix/src/test/resources/versions.txt"))) {
            if (!line.isBlank() && !line.startsWith("#")) rows.add(line.strip());
        }
        return rows;
    }
}
