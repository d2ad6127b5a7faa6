package dev.weir.agent.pipeline;

import dev.weir.agent.context.Hex;
import dev.weir.bootstrap.Hooks;
import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The application's open spans of calls, by their ids. Held weakly: one that nobody ends goes with the application's own. */
final class KnownSpans {

    private static final int MOST = 65_536;

    private final ConcurrentHashMap<Long, WeakReference<Hooks.ForeignSpan>> spans = new ConcurrentHashMap<>();
    private final int most;

    KnownSpans() {
        this(MOST);
    }

    KnownSpans(int most) {
        this.most = most;
    }

    boolean isEmpty() {
        return spans.isEmpty();
    }

    void put(long spanId, Hooks.ForeignSpan span) {
        if (spans.size() >= most) spans.values().removeIf(each -> each.refersTo(null));
        if (spans.size() < most) spans.put(spanId, new WeakReference<>(span));
    }

    Hooks.@Nullable ForeignSpan get(long spanId) {
        WeakReference<Hooks.ForeignSpan> known = spans.get(spanId);
        return known == null ? null : known.get();
    }

    void remove(Hooks.ForeignSpan span) {
        spans.remove(Hex.read(span.context().spanId, 0));
    }
}
