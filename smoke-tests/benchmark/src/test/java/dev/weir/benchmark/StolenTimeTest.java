package dev.weir.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.benchmark.Batches.Batch;
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
    void disturbedBatchesAreMeasuredAgain() {
        Batches batches = new Batches(2);
        batches.add(new Batch(0.5, 900, 90));
        batches.add(new Batch(0, 10, 1));
        assertFalse(batches.enough());
        batches.add(new Batch(0.01, 12, 3));
        assertTrue(batches.enough());
        assertFalse(batches.disturbed());
        assertEquals(11, batches.median(Batch::nanos), 1e-9);
        assertEquals(2, batches.median(Batch::cpuNanos), 1e-9);
    }

    @Test
    void patienceEndsWithTheLeastDisturbed() {
        Batches batches = new Batches(1);
        batches.add(new Batch(0.5, 900, 90));
        batches.add(new Batch(0.03, 20, 2));
        assertFalse(batches.enough());
        batches.add(new Batch(0.2, 500, 50));
        assertTrue(batches.enough());
        assertTrue(batches.disturbed());
        assertEquals(20, batches.median(Batch::nanos), 1e-9);
    }
}
