package dev.weir.agent.context;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The operations under one parent that have one fingerprint, in the order of their occurrence. Guarded by the root.
 *
 * <p>Operations are linked through fields of their own: most have no sibling, and a collection costs more than they do.
 */
final class Siblings {

    final long fingerprint;
    /** The next in the same bucket of {@link Children}. */
    @Nullable
    Siblings next;

    private @Nullable Operation firstKept;
    private @Nullable Operation lastKept;
    private @Nullable Operation firstUnsettled;
    private @Nullable Operation lastUnsettled;

    // How many occurrences each attempt of the parent has used; the first attempt has a field of its own.
    private int usedByFirst;
    private int @Nullable [] usedByLater;

    Siblings(long fingerprint) {
        this.fingerprint = fingerprint;
    }

    /**
     * The next occurrence in an attempt of the parent, from 0.
     *
     * @param scopeAttempt from 1
     */
    int use(int scopeAttempt) {
        if (scopeAttempt == 1) return usedByFirst++;
        int index = scopeAttempt - 2;
        int[] used = usedByLater;
        if (used == null) used = new int[index + 1];
        else if (index >= used.length) used = Arrays.copyOf(used, Math.max(index + 1, used.length * 2));
        usedByLater = used;
        return used[index]++;
    }

    /** The operation of that occurrence; {@code null} when there is none, or none any more. */
    @Nullable
    Operation at(int occurrence) {
        if (lastKept == null || occurrence > lastKept.occurrence) return null;
        if (occurrence == lastKept.occurrence) return lastKept;
        for (Operation kept = firstKept; kept != null && kept.occurrence <= occurrence; kept = kept.nextKept) {
            if (kept.occurrence == occurrence) return kept;
        }
        return null;
    }

    /** Takes one in: nearly always the next occurrence, else one that was evicted and comes again. */
    void add(Operation created) {
        Operation before = lastKept;
        if (before != null && before.occurrence > created.occurrence) {
            before = null;
            for (Operation at = firstKept; at != null && at.occurrence < created.occurrence; at = at.nextKept) {
                before = at;
            }
        }
        created.nextKept = before == null ? firstKept : before.nextKept;
        if (before == null) firstKept = created;
        else before.nextKept = created;
        if (created.nextKept == null) lastKept = created;
    }

    /** Lets go of those at the beginning that were evicted. */
    void dropEvicted() {
        while (firstKept != null && firstKept.evicted) firstKept = firstKept.nextKept;
        if (firstKept == null) lastKept = null;
    }

    // ---- those whose last attempt did not settle: the next call of this fingerprint is their next attempt

    void queue(Operation unsettled) {
        unsettled.waiting = true;
        unsettled.nextUnsettled = null;
        if (lastUnsettled == null) firstUnsettled = unsettled;
        else lastUnsettled.nextUnsettled = unsettled;
        lastUnsettled = unsettled;
    }

    /** Takes one out of the queue, if it is there. */
    void unqueue(Operation settled) {
        Operation before = null;
        Operation at = firstUnsettled;
        while (at != null && at != settled) {
            before = at;
            at = at.nextUnsettled;
        }
        if (at != null) unlink(before, at);
        settled.waiting = false;
    }

    /**
     * Takes the first one out of the queue that was last tried in this attempt of the parent, and those before and
     * behind it whose last attempt is too long ago.
     */
    @Nullable
    Operation retried(int scopeAttempt, long nowNanos, long windowNanos) {
        Operation before = null;
        Operation at = firstUnsettled;
        while (at != null) {
            Operation next = at.nextUnsettled;
            if (nowNanos - at.lastEndNanos > windowNanos) {
                unlink(before, at);
            } else if (at.scopeAttempt == scopeAttempt) {
                unlink(before, at);
                return at;
            } else {
                before = at;
            }
            at = next;
        }
        return null;
    }

    private void unlink(@Nullable Operation before, Operation queued) {
        if (before == null) firstUnsettled = queued.nextUnsettled;
        else before.nextUnsettled = queued.nextUnsettled;
        if (lastUnsettled == queued) lastUnsettled = before;
        queued.nextUnsettled = null;
        queued.waiting = false;
    }
}
