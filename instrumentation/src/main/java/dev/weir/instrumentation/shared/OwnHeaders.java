package dev.weir.instrumentation.shared;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The headers that Weir adds to one request that can be changed.
 *
 * <p>They are put on the request when it is written, because interceptors still set headers after the call has begun, and
 * taken off after it, because libraries copy requests for redirects, and an application may send one again.
 *
 * @param <R> the library's request
 * @param <H> what the library has under one name
 */
public final class OwnHeaders<R, H> {

    /** How a library's request is read and changed. */
    public interface Carrier<R, H> {

        /** What stands under the name; {@code null} when nothing does. */
        @Nullable
        H present(R request, String name);

        /** Puts this one in the place of all of its name. */
        void set(R request, String name, String value);

        /** Puts what stood there before in the place of all of its name. */
        void restore(R request, String name, H before);

        /** Takes all of the name away. */
        void remove(R request, String name);
    }

    /** How it is done where all that stands under one name is one list. */
    public interface Values<R> extends Carrier<R, List<String>> {

        /** All values, which may be a view. */
        List<String> all(R request, String name);

        /** Puts these in the place of all of the name; no values leave none. */
        void set(R request, String name, List<String> values);

        @Override
        default @Nullable List<String> present(R request, String name) {
            List<String> values = all(request, name);
            return values.isEmpty() ? null : List.copyOf(values);
        }

        @Override
        default void set(R request, String name, String value) {
            set(request, name, List.of(value));
        }

        @Override
        default void restore(R request, String name, List<String> before) {
            set(request, name, before);
        }

        @Override
        default void remove(R request, String name) {
            set(request, name, List.of());
        }
    }

    private record Own(String name, String value, boolean replaces) {}

    private record Change<H>(String name, @Nullable H before) {}

    private final Carrier<R, H> carrier;
    private final List<Own> own = new ArrayList<>(6);
    private final List<Change<H>> changes = new ArrayList<>(6);
    private @Nullable R changed;

    public OwnHeaders(Carrier<R, H> carrier) {
        this.carrier = carrier;
    }

    /**
     * Remembers a header that is to be sent.
     *
     * @param replaces whether it stands in the place of what the application has set
     */
    public void add(String name, String value, boolean replaces) {
        own.add(new Own(name, value, replaces));
    }

    /** The value that was added; {@code null} when none was. */
    public @Nullable String value(String name) {
        for (int i = own.size() - 1; i >= 0; i--) {
            if (own.get(i).name.equalsIgnoreCase(name)) return own.get(i).value;
        }
        return null;
    }

    /** Puts them on the request that is about to be written. */
    // The thread that ends a call with a limit is not always the one that writes.
    public synchronized void put(R request) {
        takeBack();
        changed = request;
        for (Own each : own) {
            H before = carrier.present(request, each.name);
            // An interceptor of the application has set it meanwhile.
            if (before != null && !each.replaces && !isOwn(each.name)) continue;
            changes.add(new Change<>(each.name, before));
            carrier.set(request, each.name, each.value);
        }
    }

    private boolean isOwn(String name) {
        for (Change<H> change : changes) if (change.name.equalsIgnoreCase(name)) return true;
        return false;
    }

    /** The request is again as the application made it. */
    public synchronized void takeBack() {
        R request = changed;
        if (request == null) return;
        changed = null;
        for (int i = changes.size() - 1; i >= 0; i--) {
            Change<H> change = changes.get(i);
            H before = change.before;
            if (before == null) carrier.remove(request, change.name);
            else carrier.restore(request, change.name, before);
        }
        changes.clear();
    }
}
