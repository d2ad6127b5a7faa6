package dev.weir.instrumentation.shared;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The headers that Weir adds to one request that cannot be changed, or not yet: names and values in turn, and then room.
 *
 * <p>Bare arrays, because each call has one, and most have only two or three headers in it.
 */
public final class AddedHeaders {

    /** No headers, for all calls. */
    public static final String[] NONE = {};

    private AddedHeaders() {}

    /**
     * Sets a header, in the place of what was set under its name.
     *
     * @param headers no longer of use
     * @return the headers from now on
     */
    public static String[] set(String[] headers, String name, String value) {
        int length = length(headers);
        int place = indexOf(headers, length, name);
        String[] all = headers;
        if (place < 0) {
            place = length;
            if (place == headers.length) all = Arrays.copyOf(headers, place + 4);
        }
        all[place] = name;
        all[place + 1] = value;
        return all;
    }

    /** The value that was set; {@code null} when none was. */
    public static @Nullable String value(String[] headers, String name) {
        int place = indexOf(headers, length(headers), name);
        return place < 0 ? null : headers[place + 1];
    }

    /** Where the names and values end. */
    public static int length(String[] headers) {
        int length = headers.length;
        while (length > 0 && headers[length - 2] == null) length -= 2;
        return length;
    }

    private static int indexOf(String[] headers, int length, String name) {
        for (int i = 0; i < length; i += 2) if (headers[i].equalsIgnoreCase(name)) return i;
        return -1;
    }
}
