package dev.weir.instrumentation.reactornetty;

import dev.weir.bootstrap.DeadlineTimer;
import java.util.concurrent.TimeoutException;

/** What an application is told of a call that Weir has ended because its time was up. */
final class Lateness {

    private Lateness() {}

    /** As Reactor's own timeout(). Netty's exceptions are made to be shared, and have no message of their own. */
    static Throwable exception() {
        return new TimeoutException(DeadlineTimer.PASSED);
    }

    static boolean is(Throwable thrown) {
        return DeadlineTimer.PASSED.equals(thrown.getMessage());
    }
}
