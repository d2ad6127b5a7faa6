package dev.weir.agent.context;

import dev.weir.bootstrap.CallFacts;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
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

    /** Attempts that were let through. */
    int attempts;
    /** Attempts that a rule refused. */
    int refused;
    /** The number of the latest attempt, refused or not. */
    int number;
    /** Attempts that contain others. */
    int scopes;

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

    @Nullable
    Map<Long, Siblings> children;

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

    /** The operations under one parent that have one fingerprint, in the order of their occurrence. */
    static final class Siblings {

        private static final int MOST_LOOKED_AT = 64;

        final long fingerprint;
        final ArrayDeque<Operation> kept = new ArrayDeque<>(2);
        /** The occurrence of the first that is kept; those before were evicted. */
        int firstKept;
        /** Those whose last attempt did not settle: the next call of this fingerprint is their next attempt. */
        final ArrayDeque<Operation> unsettled = new ArrayDeque<>(1);
        /** How many occurrences each attempt of the parent has used; by number of the attempt, from 1. */
        private int[] used = new int[1];

        Siblings(long fingerprint) {
            this.fingerprint = fingerprint;
        }

        int use(int scopeAttempt) {
            int index = scopeAttempt - 1;
            if (index >= used.length) used = Arrays.copyOf(used, Math.max(index + 1, used.length * 2));
            return used[index]++;
        }

        /** The latest operation of an attempt of the parent; one that is in flight only when all are. */
        @Nullable
        Operation latest(int scopeAttempt) {
            Operation inFlight = null;
            int looked = 0;
            for (Iterator<Operation> newestFirst = kept.descendingIterator();
                    newestFirst.hasNext() && looked < MOST_LOOKED_AT;
                    looked++) {
                Operation candidate = newestFirst.next();
                if (candidate.scopeAttempt != scopeAttempt) continue;
                if (candidate.inFlight == 0) return candidate;
                if (inFlight == null) inFlight = candidate;
            }
            return inFlight;
        }

        @Nullable
        Operation at(int occurrence) {
            int index = occurrence - firstKept;
            if (index < 0 || index >= kept.size()) return null;
            if (index == kept.size() - 1) return kept.getLast();
            if (index == 0) return kept.getFirst();
            for (Operation operation : kept) {
                if (index-- == 0) return operation;
            }
            return null;
        }
    }

    Siblings childrenOf(long fingerprint) {
        Map<Long, Siblings> known = children;
        if (known == null) children = known = new HashMap<>();
        return known.computeIfAbsent(fingerprint, Siblings::new);
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
}
