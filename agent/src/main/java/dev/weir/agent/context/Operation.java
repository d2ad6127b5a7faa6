package dev.weir.agent.context;

import dev.weir.bootstrap.CallFacts;
import org.jspecify.annotations.Nullable;

/**
 * What the program means to do once, however many attempts that takes.
 *
 * <p>Its identity is a path: {@code id(child) = H(id(parent), kind, fingerprint, occurrence)}. Attempt numbers are never
 * part of it, so that a call that is made again inside a later attempt of what caused it is found to be the same
 * operation again. All mutable state is guarded by the root.
 */
public final class Operation {

    final Root root;
    private final CallFacts.Kind kind;
    private final long idHigh;
    private final long idLow;
    private final long traceHigh;
    private final long traceLow;

    // The siblings of the same fingerprint that this one is counted among; null for the operation of a root.
    final @Nullable Siblings siblings;
    final int occurrence;

    int attempts;
    int inFlight;
    boolean waiting;
    boolean settled;
    boolean succeeded;
    boolean evicted;
    boolean counted;
    long lastEndNanos;
    int scopeAttempt;
    /** Attempts of this operation that were put on the wire in the present attempt of its scope. */
    int wire;
    /** What those attempts' most repeated consequences were put on the wire for. */
    int below;

    private @Nullable String pinnedKey;

    private @Nullable Children children;

    /** The next occurrence that is kept of the same siblings. */
    @Nullable
    Operation nextKept;

    /** The next in the queue of those of the same siblings that did not settle. */
    @Nullable
    Operation nextUnsettled;

    /** The one under the same root that began next. */
    @Nullable
    Operation nextYounger;

    Operation(
            Root root,
            CallFacts.Kind kind,
            long idHigh,
            long idLow,
            long traceHigh,
            long traceLow,
            @Nullable Siblings siblings,
            int occurrence) {
        this.root = root;
        this.kind = kind;
        this.idHigh = idHigh;
        this.idLow = idLow;
        this.traceHigh = traceHigh;
        this.traceLow = traceLow;
        this.siblings = siblings;
        this.occurrence = occurrence;
    }

    Siblings childrenOf(long fingerprint) {
        Children known = children;
        if (known == null) children = known = new Children();
        return known.of(fingerprint);
    }

    /** What sort of thing it is. */
    public CallFacts.Kind kind() {
        return kind;
    }

    /** The first half of the id. */
    public long idHigh() {
        return idHigh;
    }

    /** The second half of the id. */
    public long idLow() {
        return idLow;
    }

    /** The id as 32 hexadecimal digits. */
    public String id() {
        return Hex.of(idHigh, idLow);
    }

    /** Appends the id as 32 hexadecimal digits. */
    public void appendId(StringBuilder to) {
        Hex.append(to, idHigh);
        Hex.append(to, idLow);
    }

    /** First half of the trace that a call without a cause starts. */
    public long traceHigh() {
        return traceHigh;
    }

    /** Second half of the trace that a call without a cause starts. */
    public long traceLow() {
        return traceLow;
    }

    /** The idempotency key that the first attempt carried; {@code null} before that. */
    public @Nullable String pinnedKey() {
        synchronized (root) {
            return pinnedKey;
        }
    }

    /** Remembers the first attempt's key; later ones change nothing. */
    public void pinKey(String key) {
        synchronized (root) {
            if (pinnedKey == null) pinnedKey = key;
        }
    }

    /** How often its most repeated consequence was put on the wire: see {@link ScopeAttempt#amplification}. */
    public int reach() {
        synchronized (root) {
            return Math.max(wire, below);
        }
    }

    /** How many attempts have begun. */
    public int attempts() {
        synchronized (root) {
            return attempts;
        }
    }
}
