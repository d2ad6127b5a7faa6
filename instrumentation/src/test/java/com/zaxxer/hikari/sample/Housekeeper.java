package com.zaxxer.hikari.sample;

import dev.weir.bootstrap.Hooks;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Keeps house as a pool does: its package says that what it starts and schedules belongs to no run. */
public class Housekeeper implements Runnable {

    private final List<String> seen;

    public Housekeeper(List<String> seen) {
        this.seen = seen;
    }

    @Override
    public void run() {
        seen.add("housekeeping " + Hooks.capture());
    }

    public Thread start() {
        Thread thread = new Thread(this);
        thread.start();
        return thread;
    }

    public void schedule(ScheduledExecutorService executor) {
        executor.schedule(this, 1, TimeUnit.MILLISECONDS);
    }
}
