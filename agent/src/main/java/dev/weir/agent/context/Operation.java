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
    /** How often libraries put those attempts on the wire again by themselves. */
    int resends;
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
    boolean counted;
    long lastEndNanos;
    int scopeAttempt;
    /** Attempts of this operation that were put on the wire in the present attempt of its scope. */
    int wire;
    /** What those attempts' most repeated consequences were put on the wire for. */
    int below;

    /** Which of its root's lists it stands in; {@code null} once it is forgotten, and for the root's own. */
    @Nullable
    OperationList list;

    @Nullable
    Operation before;

    @Nullable
    Operation after;

    private @Nullable String pinnedKey;
    private volatile boolean hopeless;
    private @Nullable Map<Long, Siblings> children;
    /** How often all children of one fingerprint were forgotten: their like must not be taken for them. */
    private int epoch;

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
        private static final int MOST_ATTEMPTS = 64;

        final Operation parent;
        final long fingerprint;
        /** The parent's epoch when these began. */
        final int epoch;
        /** Those that are not forgotten. */
        private final ArrayDeque<Operation> kept = new ArrayDeque<>(2);
        /** Those whose last attempt did not settle: the next call of this fingerprint is their next attempt. */
        final ArrayDeque<Operation> unsettled = new ArrayDeque<>(1);
        /** How many occurrences each of the last attempts of the parent has used. */
        private int[] used = new int[1];
        /** The attempt that {@link #used} begins with. */
        private int firstUsed = 1;
        /** The most that any attempt before that has used. */
        private int usedBefore;

        Siblings(Operation parent, long fingerprint, int epoch) {
            this.parent = parent;
            this.fingerprint = fingerprint;
            this.epoch = epoch;
        }

        int use(int scopeAttempt) {
            if (scopeAttempt - firstUsed >= MOST_ATTEMPTS) forgetAttempts(scopeAttempt - MOST_ATTEMPTS / 2);
            int index = scopeAttempt - firstUsed;
            if (index < 0) return usedBefore++;
            if (index >= used.length) used = Arrays.copyOf(used, Math.max(index + 1, used.length * 2));
            return used[index]++;
        }

        private void forgetAttempts(int upTo) {
            int[] last = new int[MOST_ATTEMPTS];
            for (int i = 0; i < used.length; i++) {
                int attempt = firstUsed + i;
                if (attempt < upTo) usedBefore = Math.max(usedBefore, used[i]);
                else if (attempt - upTo < last.length) last[attempt - upTo] = used[i];
            }
            used = last;
            firstUsed = upTo;
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
            if (kept.isEmpty() || occurrence > kept.getLast().occurrence) return null;
            if (occurrence == kept.getLast().occurrence) return kept.getLast();
            for (Operation operation : kept) {
                if (operation.occurrence >= occurrence) return operation.occurrence == occurrence ? operation : null;
            }
            return null;
        }

        void keep(Operation created) {
            if (kept.isEmpty() || kept.getLast().occurrence < created.occurrence) {
                kept.addLast(created);
                return;
            }
            // A later attempt of the parent comes by one that was forgotten, and finds it under its old id again.
            ArrayDeque<Operation> behind = new ArrayDeque<>();
            while (!kept.isEmpty() && kept.getLast().occurrence > created.occurrence)
                behind.addFirst(kept.removeLast());
            kept.addLast(created);
            kept.addAll(behind);
        }

        /** Forgets one; with the last one, all that is known of this fingerprint. */
        void forget(Operation operation, boolean inUse) {
            if (operation.waiting) unsettled.remove(operation);
            operation.waiting = false;
            kept.remove(operation);
            if (kept.isEmpty() && !inUse) parent.forgetChildren(fingerprint);
        }
    }

    private void forgetChildren(long fingerprint) {
        if (children == null) return;
        children.remove(fingerprint);
        epoch++;
    }

    /** How many fingerprints of children are known. */
    int fingerprints() {
        return children == null ? 0 : children.size();
    }

    Siblings childrenOf(long fingerprint) {
        Map<Long, Siblings> known = children;
        if (known == null) children = known = new HashMap<>();
        Siblings siblings = known.get(fingerprint);
        if (siblings == null) {
            siblings = new Siblings(this, fingerprint, epoch);
            known.put(fingerprint, siblings);
        }
        return siblings;
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

    /** The other side has said that there is no point in trying again. */
    public void giveUp() {
        hopeless = true;
    }

    /** Whether the other side has said that there is no point in trying again. */
    public boolean isHopeless() {
        return hopeless;
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
