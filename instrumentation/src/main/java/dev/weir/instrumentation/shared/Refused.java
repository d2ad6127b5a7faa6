package dev.weir.instrumentation.shared;

import dev.weir.bootstrap.Call;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeoutException;

/** What an application is told of a call that was denied, by a library that has no words of its own for it. */
public final class Refused {

    private Refused() {}

    /** As a socket fails. */
    public static IOException onSocket(Call.Denied denied) {
        return denied.timeout() ? new SocketTimeoutException(denied.message()) : new IOException(denied.message());
    }

    /** As what is waited for fails. */
    public static Exception inFuture(Call.Denied denied) {
        return denied.timeout() ? new TimeoutException(denied.message()) : new IOException(denied.message());
    }
}
