package dev.weir.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CoreTest {

    @Test
    void theLastOfTheAllowedOnes() {
        assertEquals("3", Core.last("0-3"));
        assertEquals("7", Core.last("1,4-5,7"));
        assertEquals("12", Core.last("2,10-12"));
        assertEquals("0", Core.last("0"));
    }

    @Test
    void theDriverGetsItsCoresBack() throws Exception {
        List<String> before = allowed();
        try (Core core = new Core()) {
            assertEquals(List.of(), core.complaints());
            assertEquals(List.of(Core.last(before.get(0))), allowed());
        }
        assertEquals(before, allowed());
    }

    /** Of this thread, as those of others. */
    private static List<String> allowed() throws Exception {
        return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
                .filter(line -> line.startsWith("Cpus_allowed_list:"))
                .map(line -> line.substring("Cpus_allowed_list:".length()).strip())
                .toList();
    }
}
