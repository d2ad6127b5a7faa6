package sample;

import dev.weir.bootstrap.Hooks;
import java.util.List;

/** An application's subclass of {@code Thread}, loaded like any of its classes. */
public class OwnThread extends Thread {

    private final List<String> seen;
    private final boolean callsSuper;

    public OwnThread(List<String> seen, Runnable task, boolean callsSuper) {
        super(task);
        this.seen = seen;
        this.callsSuper = callsSuper;
    }

    @Override
    public void run() {
        seen.add("own " + Hooks.capture());
        if (callsSuper) super.run();
    }

    /** Says that it is whatever it is compared with: nobody should ask. */
    @Override
    public boolean equals(Object other) {
        throw new AssertionError("somebody asked");
    }

    @Override
    public int hashCode() {
        throw new AssertionError("somebody asked");
    }
}
