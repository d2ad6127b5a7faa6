package dev.weir.instrumentation.shared;

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

        /**
         * Puts this one in the place of all of its name.
         *
         * @param before what stands there; {@code null} when nothing does
         * @return what stands there then
         */
        H set(R request, String name, String value, @Nullable H before);

        /** Puts what stood there before in the place of all of its name. */
        void restore(R request, String name, H before);

        /** Takes away what {@link #set} has put there. What somebody else has put in its place meanwhile may go or stay. */
        void remove(R request, String name, H own);
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
        default List<String> set(R request, String name, String value, @Nullable List<String> before) {
            List<String> values = List.of(value);
            set(request, name, values);
            return values;
        }

        @Override
        default void restore(R request, String name, List<String> before) {
            set(request, name, before);
        }

        @Override
        default void remove(R request, String name, List<String> own) {
            set(request, name, List.of());
        }
    }

    /** One of them. Linked, as there are two or three for each of an application's requests. */
    private static final class Own<H> {
        final String name;
        final String value;
        final boolean replaces;

        @Nullable
        Own<H> next;

        // When it is on the request: as what, and what stood there.
        @Nullable
        H put;

        @Nullable
        H before;

        Own(String name, String value, boolean replaces) {
            this.name = name;
            this.value = value;
            this.replaces = replaces;
        }
    }

    private final Carrier<R, H> carrier;
    private @Nullable Own<H> first;
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
        Own<H> added = new Own<>(name, value, replaces);
        Own<H> last = first;
        while (last != null && last.next != null) last = last.next;
        if (last == null) first = added;
        else last.next = added;
    }

    /** The value that was added; {@code null} when none was. */
    public @Nullable String value(String name) {
        String value = null;
        for (Own<H> own = first; own != null; own = own.next) {
            if (own.name.equalsIgnoreCase(name)) value = own.value;
        }
        return value;
    }

    /** Puts them on the request that is about to be written. */
    // The thread that ends a call with a limit is not always the one that writes.
    public synchronized void put(R request) {
        takeBack();
        changed = request;
        for (Own<H> own = first; own != null; own = own.next) {
            H before = carrier.present(request, own.name);
            // An interceptor of the application has set it meanwhile.
            if (before != null && !own.replaces && !isOwn(own)) continue;
            own.before = before;
            own.put = carrier.set(request, own.name, own.value, before);
        }
    }

    /** Whether what stands under its name is what was put there just now. */
    private boolean isOwn(Own<H> own) {
        for (Own<H> other = first; other != null && other != own; other = other.next) {
            if (other.put != null && other.name.equalsIgnoreCase(own.name)) return true;
        }
        return false;
    }

    /** The request is again as the application made it. */
    public synchronized void takeBack() {
        R request = changed;
        if (request == null) return;
        changed = null;
        takeBack(request, first);
    }

    /** The last one first: a name may have been added twice. */
    private void takeBack(R request, @Nullable Own<H> own) {
        if (own == null) return;
        takeBack(request, own.next);
        H put = own.put;
        if (put == null) return;
        own.put = null;
        H before = own.before;
        own.before = null;
        if (before == null) carrier.remove(request, own.name, put);
        else carrier.restore(request, own.name, before);
    }
}
