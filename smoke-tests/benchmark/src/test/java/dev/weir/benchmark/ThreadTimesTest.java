package dev.weir.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThreadTimesTest {

    @TempDir
    Path tasks;

    @Test
    void onlyWhatWasUsedSinceTheLastLookCounts() throws IOException {
        ThreadTimes times = new ThreadTimes(tasks);
        task("1", "main", 1_000);
        assertEquals(1_000, times.advance().program());
        task("1", "main", 1_500);
        task("2", "pool-1", 200);
        assertEquals(700, times.advance().program());
        assertEquals(0, times.advance().program());
        assertEquals(0, times.died());
    }

    @Test
    void theCompilerIsCountedApart() throws IOException {
        task("1", "main", 1_000);
        task("2", "C1 CompilerThre", 30_000);
        task("3", "C2 CompilerThre", 40_000);
        task("4", "G1 Main Marker", 5);
        assertEquals(new ThreadTimes.Used(1_005, 70_000), new ThreadTimes(tasks).advance());
    }

    @Test
    void aThreadThatEndsIsCountedAsDiedAndTakesNothingBack() throws IOException {
        ThreadTimes times = new ThreadTimes(tasks);
        task("1", "main", 1_000);
        task("2", "pool-1", 500);
        times.advance();
        Files.delete(tasks.resolve("2/comm"));
        Files.delete(tasks.resolve("2/schedstat"));
        Files.delete(tasks.resolve("2"));
        task("1", "main", 1_100);
        assertEquals(100, times.advance().program());
        assertEquals(1, times.died());
    }

    /** Against the clock of a thread in this very process. */
    @Test
    void theKernelsFiguresAreReadInNanoseconds() throws Exception {
        CountDownLatch burned = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        ThreadTimes times = new ThreadTimes(ProcessHandle.current().pid());
        times.advance();
        Thread burner = new Thread(() -> {
            while (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() < 200_000_000) {
                Thread.onSpinWait();
            }
            burned.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        burner.start();
        burned.await();
        long used = times.advance().program();
        release.countDown();
        burner.join();
        // The kernel updates the figure of a running thread at each tick, so a little may be missing.
        assertTrue(used > 150_000_000L, () -> "only " + used + " ns");
    }

    private void task(String id, String name, long nanos) throws IOException {
        Path task = Files.createDirectories(tasks.resolve(id));
        Files.writeString(task.resolve("comm"), name + "\n");
        Files.writeString(task.resolve("schedstat"), nanos + " 64180 2\n");
    }
}
