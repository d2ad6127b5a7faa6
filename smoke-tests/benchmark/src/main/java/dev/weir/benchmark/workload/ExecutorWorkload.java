package dev.weir.benchmark.workload;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** {@code ThreadPoolExecutor.submit}, to one thread, waiting for all of them together. */
final class ExecutorWorkload implements Workload {

    private final ExecutorService executor = Executors.newFixedThreadPool(1);

    @Override
    public void run(int operations) throws Exception {
        CountDownLatch done = new CountDownLatch(operations);
        Future<?> last = null;
        for (int i = 0; i < operations; i++) {
            last = executor.submit(done::countDown);
        }
        done.await();
        if (last != null) {
            last.get();
        }
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
