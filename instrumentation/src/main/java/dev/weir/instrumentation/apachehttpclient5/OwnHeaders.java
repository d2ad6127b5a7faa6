package dev.weir.instrumentation.apachehttpclient5;

import java.util.ArrayList;
import java.util.List;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * The headers that Weir adds to one request.
 *
 * <p>They are put on the request when it is written, because interceptors still set headers after the call has begun, and
 * taken off after it, because the library copies requests for redirects, and an application may send one again.
 */
final class OwnHeaders {

    private record Own(String name, String value, boolean replaces) {}

    private record Change(String name, @Nullable Header before) {}

    private final List<Own> own = new ArrayList<>(6);
    private final List<Change> changes = new ArrayList<>(6);
    private @Nullable HttpRequest changed;

    void add(String name, String value, boolean replaces) {
        own.add(new Own(name, value, replaces));
    }

    @Nullable
    String value(String name) {
        for (int i = own.size() - 1; i >= 0; i--) {
            if (own.get(i).name.equalsIgnoreCase(name)) return own.get(i).value;
        }
        return null;
    }

    // The thread that ends a call with a limit is not the one that writes.
    synchronized void put(HttpRequest request) {
        takeBack();
        changed = request;
        for (Own each : own) {
            Header before = request.getFirstHeader(each.name);
            // An interceptor of the application has set it meanwhile.
            if (before != null && !each.replaces && !isOwn(each.name)) continue;
            changes.add(new Change(each.name, before));
            request.setHeader(each.name, each.value);
        }
    }

    private boolean isOwn(String name) {
        for (Change change : changes) if (change.name.equalsIgnoreCase(name)) return true;
        return false;
    }

    synchronized void takeBack() {
        HttpRequest request = changed;
        if (request == null) return;
        changed = null;
        for (int i = changes.size() - 1; i >= 0; i--) {
            Change change = changes.get(i);
            if (change.before == null) request.removeHeaders(change.name);
            else request.setHeader(change.before);
        }
        changes.clear();
    }
}
