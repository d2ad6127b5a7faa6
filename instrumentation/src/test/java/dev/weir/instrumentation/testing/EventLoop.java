package dev.weir.instrumentation.testing;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** One thread that runs what it is given, through nothing that Weir follows, as an event loop in native code would. */
public final class EventLoop {

    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Thread thread = new Thread(() -> {
        try {
            while (true) tasks.take().run();
        } catch (InterruptedException e) {
            // Stopped.
        }
    });

    public EventLoop() {
        thread.start();
    }

    /** Runs a task, some time. */
    public void execute(Runnable task) {
        tasks.add(task);
    }

    /** Waits until the task under way is done. */
    public void stop() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }
}
