package dev.weir.instrumentation.httpurlconnection;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.WeakIdentityMap;
import java.io.ByteArrayOutputStream;
import java.net.HttpURLConnection;
import org.jspecify.annotations.Nullable;

/** What is known of a connection between the application's calls to it. Never refers to the connection. */
final class Carried {

    private static final int MOST = 1 << 16;
    private static final WeakIdentityMap<Carried> ALL = new WeakIdentityMap<>(MOST);

    /** The body that the application writes or has written, when the JDK collects it before it sends anything. */
    @Nullable
    ByteArrayOutputStream body;

    /** The request whose head is sent and whose body the application is writing. */
    @Nullable
    Call call;

    @Nullable
    RequestFacts facts;

    @Nullable
    Deadline deadline;

    /** Denied once, denied for good: the JDK itself would connect again at the next call. */
    Call.@Nullable Denied denied;

    /** The deadline passed before a reply came: the JDK will throw what it then saw again and again. */
    @Nullable
    Deadline passed;

    private Carried() {}

    static Carried of(HttpURLConnection connection) {
        Carried known = ALL.get(connection);
        if (known != null) return known;
        Carried created = new Carried();
        if (ALL.putIfAbsent(connection, created)) return created;
        known = ALL.get(connection);
        return known == null ? created : known;
    }

    static @Nullable Carried known(HttpURLConnection connection) {
        return ALL.get(connection);
    }

    static void forget(HttpURLConnection connection) {
        ALL.remove(connection);
    }
}
