package dev.weir.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.benchmark.Turns.Turn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What others take of the machine, and what is done about it. */
class StolenTimeTest {

    @TempDir
    Path directory;

    @Test
    void theShareIsOfAllTimeSinceTheLastLook() throws IOException {
        Path stat = directory.resolve("stat");
        // The last two columns are guests', and in user time already.
        Files.writeString(stat, "cpu  10 20 30 40 50 60 70 80 7 7\ncpu0 1 1 1 1 1 1 1 1 0 0\n");
        StolenTime stolen = new StolenTime(stat);
        Files.writeString(stat, "cpu  20 20 30 110 50 60 70 100 9 9\ncpu0 1 1 1 1 1 1 1 1 0 0\n");
        assertEquals(0.2, stolen.advance(), 1e-9);
        assertEquals(0, stolen.advance(), 1e-9);
    }

    @Test
    void aKernelThatDoesNotSayTookNothing() throws IOException {
        Path stat = directory.resolve("stat");
        Files.writeString(stat, "cpu  10 20 30 40\n");
        StolenTime stolen = new StolenTime(stat);
        Files.writeString(stat, "cpu  20 20 30 40\n");
        assertEquals(0, stolen.advance(), 1e-9);
    }

    @Test
    void theLeastDisturbedTurnsCount() {
        Turns turns = new Turns(2);
        turns.add(new Turn(0.5, 900, 90));
        turns.add(new Turn(0, 10, 1));
        turns.add(new Turn(0.01, 12, 3));
        assertFalse(turns.disturbed());
        assertEquals(11, turns.median(Turn::nanos), 1e-9);
        assertEquals(2, turns.median(Turn::cpuNanos), 1e-9);
    }

    @Test
    void itIsSaidWhenTooFewWereLeftAlone() {
        Turns turns = new Turns(1);
        turns.add(new Turn(0.5, 900, 90));
        turns.add(new Turn(0.03, 20, 2));
        assertTrue(turns.disturbed());
        assertEquals(20, turns.median(Turn::nanos), 1e-9);
    }
}
