package dev.weir.benchmark.workload;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.CountDownLatch;

/** Starts virtual threads and waits for all of them together. Compiled for 17, so the method is looked up. */
final class VirtualThreadWorkload implements Workload {

    private static final MethodHandle START = find();

    private static MethodHandle find() {
        try {
            return MethodHandles.publicLookup()
                    .findStatic(
                            Thread.class, "startVirtualThread", MethodType.methodType(Thread.class, Runnable.class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("virtual threads need Java 21", e);
        }
    }

    @Override
    public void run(int operations) throws Exception {
        CountDownLatch done = new CountDownLatch(operations);
        Runnable task = done::countDown;
        for (int i = 0; i < operations; i++) {
            start(task);
        }
        done.await();
    }

    private static void start(Runnable task) throws Exception {
        try {
            Thread unused = (Thread) START.invokeExact(task);
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
