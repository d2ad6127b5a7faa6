package dev.weir.instrumentation.shared;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a model says: whole, or in pieces that come one after the other, on any thread. */
public final class Said {

    /** Content is cut before it is written down; no more of a long stream is kept for it. */
    private static final int MOST_PIECES = 10_000;

    private final List<String> pieces = new ArrayList<>(0);
    private @Nullable String whole;

    /** All of it; what was said in pieces is a part of that. */
    public synchronized void whole(@Nullable String text) {
        if (text != null) whole = text;
    }

    /** The next piece. */
    public synchronized void piece(@Nullable String text) {
        if (text != null && !text.isEmpty() && pieces.size() < MOST_PIECES) pieces.add(text);
    }

    /** Whether nothing was said until now. */
    public synchronized boolean isEmpty() {
        return whole == null && pieces.isEmpty();
    }

    /** What was said until now; {@code null} when that is nothing. */
    public synchronized @Nullable String text() {
        if (whole != null) return whole;
        return pieces.isEmpty() ? null : String.join("", pieces);
    }
}
