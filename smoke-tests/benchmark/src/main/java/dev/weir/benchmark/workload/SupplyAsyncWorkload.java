package dev.weir.benchmark.workload;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;

/**
 * {@code CompletableFuture.supplyAsync}, waiting for all of them together.
 *
 * <p>In a pool of its own: on two cores the common pool has one worker, and supplyAsync would start a thread for each.
 */
final class SupplyAsyncWorkload implements Workload {

    private final ForkJoinPool pool = new ForkJoinPool(2);

    @Override
    public void run(int operations) throws Exception {
        CountDownLatch done = new CountDownLatch(operations);
        CompletableFuture<Integer> last = CompletableFuture.completedFuture(0);
        for (int i = 0; i < operations; i++) {
            int value = i;
            last = CompletableFuture.supplyAsync(
                    () -> {
                        done.countDown();
                        return value;
                    },
                    pool);
        }
        done.await();
        last.get();
    }

    @Override
    public void close() {
        pool.shutdown();
    }
}
