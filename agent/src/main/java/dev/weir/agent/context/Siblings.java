package dev.weir.agent.context;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The operations under one parent that have one fingerprint, in the order of their occurrence. Guarded by the root.
 *
 * <p>Operations are linked through fields of their own: most have no sibling, and a collection costs more than they do.
 */
final class Siblings {

    private static final int MOST_LOOKED_AT = 64;
    private static final int MOST_ATTEMPTS = 64;

    final Operation parent;
    final long fingerprint;
    /** The parent's epoch when these began. */
    final int epoch;

    /** The next in the same bucket of {@link Children}. */
    @Nullable
    Siblings next;

    // The last of those that are not forgotten; the first comes after it.
    private @Nullable Operation lastKept;

    // The last of those whose last attempt did not settle: the next call of this fingerprint is their next attempt.
    // The one that has waited longest comes after it.
    private @Nullable Operation lastWaiting;

    /** How many occurrences the parent's first attempt has used, as long as there is no other. */
    private int usedByFirst;
    /** As soon as there is another. */
    private @Nullable Used used;

    /** How many occurrences the attempts of the parent have used. */
    private static final class Used {
        /** Each of the last ones. */
        int[] counts;
        /** The attempt that {@link #counts} begins with. */
        int first = 1;
        /** The most that any attempt before that has used. */
        int before;

        Used(int byFirst) {
            this.counts = new int[] {byFirst, 0};
        }
    }

    Siblings(Operation parent, long fingerprint, int epoch) {
        this.parent = parent;
        this.fingerprint = fingerprint;
        this.epoch = epoch;
    }

    /**
     * The next occurrence in an attempt of the parent, from 0.
     *
     * @param scopeAttempt from 1
     */
    int use(int scopeAttempt) {
        Used by = used;
        if (by == null) {
            if (scopeAttempt == 1) return usedByFirst++;
            used = by = new Used(usedByFirst);
        }
        if (scopeAttempt - by.first >= MOST_ATTEMPTS) forgetAttempts(by, scopeAttempt - MOST_ATTEMPTS / 2);
        int index = scopeAttempt - by.first;
        if (index >= by.counts.length) {
            by.counts = Arrays.copyOf(by.counts, Math.max(index + 1, by.counts.length * 2));
        }
        return index < 0 ? by.before++ : by.counts[index]++;
    }

    private static void forgetAttempts(Used by, int upTo) {
        int[] last = new int[MOST_ATTEMPTS];
        for (int i = 0; i < by.counts.length; i++) {
            int attempt = by.first + i;
            if (attempt < upTo) by.before = Math.max(by.before, by.counts[i]);
            else if (attempt - upTo < last.length) last[attempt - upTo] = by.counts[i];
        }
        by.first = upTo;
        by.counts = last;
    }

    // ---- those that are not forgotten

    /** The latest operation of an attempt of the parent; one that is in flight only when all are. */
    @Nullable
    Operation latest(int scopeAttempt) {
        Operation inFlight = null;
        Operation candidate = lastKept;
        for (int looked = 0; candidate != null && looked < MOST_LOOKED_AT; looked++) {
            if (candidate.scopeAttempt == scopeAttempt) {
                if (candidate.inFlight == 0) return candidate;
                if (inFlight == null) inFlight = candidate;
            }
            candidate = candidate == first() ? null : candidate.earlier;
        }
        return inFlight;
    }

    private @Nullable Operation first() {
        return lastKept == null ? null : lastKept.later;
    }

    @Nullable
    Operation at(int occurrence) {
        if (lastKept == null || occurrence > lastKept.occurrence) return null;
        if (occurrence == lastKept.occurrence) return lastKept;
        Operation kept = first();
        while (kept != null && kept.occurrence < occurrence) kept = kept.later;
        return kept == null || kept.occurrence > occurrence ? null : kept;
    }

    void keep(Operation created) {
        Operation last = lastKept;
        if (last == null) {
            created.earlier = created;
            created.later = created;
            lastKept = created;
            return;
        }
        // A later attempt of the parent comes by one that was forgotten, and finds it under its old id again.
        Operation after = last.later;
        if (last.occurrence < created.occurrence) lastKept = created;
        else while (after != null && after.occurrence < created.occurrence) after = after.later;
        Operation before = after == null ? null : after.earlier;
        created.earlier = before;
        created.later = after;
        if (before != null) before.later = created;
        if (after != null) after.earlier = created;
    }

    /** Forgets one; with the last one, all that is known of this fingerprint. */
    void forget(Operation operation, boolean inUse) {
        stopWaiting(operation);
        Operation before = operation.earlier;
        Operation after = operation.later;
        if (before != null) before.later = after;
        if (after != null) after.earlier = before;
        if (operation == lastKept) lastKept = before == operation ? null : before;
        operation.earlier = null;
        operation.later = null;
        if (lastKept == null && !inUse) parent.forgetChildren(this);
    }

    // ---- those that wait for their next attempt

    void startWaiting(Operation unsettled) {
        unsettled.waiting = true;
        Operation last = lastWaiting;
        unsettled.withRare().nextWaiting = last == null ? unsettled : last.rare().nextWaiting;
        if (last != null) last.withRare().nextWaiting = unsettled;
        lastWaiting = unsettled;
    }

    void stopWaiting(Operation waiting) {
        if (!waiting.waiting) return;
        Operation before = lastWaiting;
        while (before != null && before.rare().nextWaiting != waiting) before = before.rare().nextWaiting;
        if (before != null) unlink(before, waiting);
    }

    /**
     * The one that has waited longest of those that were last tried in this attempt of the parent. It waits no longer,
     * and neither do those before it whose last attempt is too long ago.
     */
    @Nullable
    Operation retried(int scopeAttempt, long nowNanos, long windowNanos) {
        Operation last = lastWaiting;
        Operation before = last;
        while (before != null) {
            Operation at = before.rare().nextWaiting;
            if (at == null) return null;
            if (nowNanos - at.lastEndNanos > windowNanos) {
                unlink(before, at);
            } else if (at.scopeAttempt == scopeAttempt) {
                unlink(before, at);
                return at;
            } else {
                before = at;
            }
            if (at == last) return null;
        }
        return null;
    }

    private void unlink(Operation before, Operation waiting) {
        before.withRare().nextWaiting = waiting.rare().nextWaiting;
        if (lastWaiting == waiting) lastWaiting = before == waiting ? null : before;
        waiting.withRare().nextWaiting = null;
        waiting.waiting = false;
    }
}
