package dev.weir.agent;

import dev.weir.agent.config.Log;
import dev.weir.instrumentation.weaving.Weaver;
import java.lang.instrument.Instrumentation;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Weaves what was loaded behind the weaver's back, a little later and on a thread of its own. */
final class CatchUp implements Runnable {

    // Loaders are asked in bursts, when an application starts.
    private static final long DELAY_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Instrumentation jvm;
    private final Runnable disown;
    private final Log log;
    private volatile @Nullable Weaver weaver;

    /**
     * @param disown  marks the calling thread as the agent's own
     */
    CatchUp(Instrumentation jvm, Runnable disown, Log log) {
        this.jvm = jvm;
        this.disown = disown;
        this.log = log;
    }

    /** Who weaves. */
    void by(Weaver woven) {
        weaver = woven;
    }

    /** May be called while a class is loaded, under whatever locks that takes. */
    void begin() {
        try {
            Thread thread = new Thread(null, this, "weir-catch-up", 0, false);
            thread.setDaemon(true);
            thread.setContextClassLoader(null);
            thread.start();
        } catch (Throwable t) {
            log.failure("catching up with loaded classes", t);
        }
    }

    @Override
    public void run() {
        try {
            disown.run();
            long from = System.nanoTime();
            while (System.nanoTime() - from < DELAY_NANOS) LockSupport.parkNanos(DELAY_NANOS);
            Weaver weaving = weaver;
            if (weaving != null) weaving.catchUp(jvm);
        } catch (Throwable t) {
            log.failure("catching up with loaded classes", t);
        }
    }
}
