package dev.weir.instrumentation.apachehttpclient4;

import java.io.IOException;
import org.apache.http.HttpClientConnection;
import org.apache.http.client.methods.HttpExecutionAware;
import org.apache.http.concurrent.Cancellable;
import org.apache.http.conn.ConnectionRequest;
import org.jspecify.annotations.Nullable;

/** Ends an exchange whose time is up, wherever it is. */
final class Cancelling implements Runnable {

    private final @Nullable HttpClientConnection connection;
    private @Nullable Cancellable running;
    private boolean late;

    Cancelling() {
        this(null);
    }

    /** @param connection what there is to close, when the library does not say what can be cancelled */
    Cancelling(@Nullable HttpClientConnection connection) {
        this.connection = connection;
    }

    HttpExecutionAware around(@Nullable HttpExecutionAware application) {
        return new HttpExecutionAware() {
            @Override
            public boolean isAborted() {
                return application != null && application.isAborted();
            }

            @Override
            public void setCancellable(Cancellable cancellable) {
                // The wait for a connection ends by itself.
                if (!(cancellable instanceof ConnectionRequest)) runs(cancellable);
                if (application != null) application.setCancellable(cancellable);
            }
        };
    }

    private void runs(Cancellable cancellable) {
        boolean tooLate;
        synchronized (this) {
            running = cancellable;
            tooLate = late;
        }
        if (tooLate) cancellable.cancel();
    }

    @Override
    public void run() {
        Cancellable pending;
        synchronized (this) {
            late = true;
            pending = running;
        }
        if (pending != null) pending.cancel();
        if (connection == null) return;
        try {
            connection.shutdown();
        } catch (IOException e) {
            // It is closed, which is what is wanted.
        }
    }
}
