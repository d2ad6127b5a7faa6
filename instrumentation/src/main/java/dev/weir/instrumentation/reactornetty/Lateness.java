package dev.weir.instrumentation.reactornetty;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.DeadlineTimer;
import java.io.IOException;
import java.util.concurrent.TimeoutException;

/** What an application is told of a call that Weir has refused or ended. */
final class Failures {

    private Failures() {}

    static Throwable denial(Call.Denied denied) {
        return denied.timeout() ? timeout(denied.message()) : new IOException(denied.message());
    }

    /** The time is up. */
    static Throwable lateness() {
        return timeout(DeadlineTimer.PASSED);
    }

    static boolean isLateness(Throwable thrown) {
        return DeadlineTimer.PASSED.equals(thrown.getMessage());
    }

    // As Reactor's own timeout(). Netty's exceptions are made to be shared, and have no message of their own.
    private static Throwable timeout(String message) {
        return new TimeoutException(message);
    }
}
