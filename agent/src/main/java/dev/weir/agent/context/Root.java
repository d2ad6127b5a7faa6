package dev.weir.agent.context;

import dev.weir.bootstrap.CallFacts;
import org.jspecify.annotations.Nullable;

/**
 * The table of operations under one root: what an inbound request (or a thread without one) has done and is doing.
 *
 * <p>One lock guards the whole tree; it is held for a few field accesses, and nearly always by one thread only.
 */
public final class Root {

    /** Counts operations that were forgotten because there were too many. */
    public interface Evictions {

        /** One operation was forgotten. */
        void evicted();
    }

    private static final int LOOKED_AT = 16;

    private final Identity identity;
    private final Evictions evictions;
    private final boolean ambient;
    private final Operation operation;
    private @Nullable Operation oldest;
    private @Nullable Operation youngest;
    private int remembered;
    private int epoch;

    Root(Identity identity, Evictions evictions, CallFacts.Kind kind, long idHigh, long idLow, boolean ambient) {
        this.ambient = ambient;
        this.identity = identity;
        this.evictions = evictions;
        this.operation = new Operation(this, kind, idHigh, idLow, 0, 0, null, 0);
    }

    /** The operation that the root itself is. */
    public Operation operation() {
        return operation;
    }

    /** Whether this is the table of a thread that nothing inbound caused. */
    boolean ambient() {
        return ambient;
    }

    /** The next attempt of the root itself. */
    public synchronized ScopeAttempt beginRoot() {
        operation.attempts++;
        operation.inFlight++;
        return new ScopeAttempt(operation, operation.attempts, null);
    }

    synchronized void inbound(Attempt attempt, ScopeAttempt scope) {
        attempt.is(operation, scope.number(), scope.number() == 1, operation.succeeded);
    }

    /** The attempt of the root itself is over. */
    public synchronized void endRoot(boolean settled, boolean succeeded, long nowNanos) {
        operation.inFlight--;
        operation.settled |= settled;
        operation.succeeded |= succeeded;
        operation.lastEndNanos = nowNanos;
    }

    /**
     * A call or scope begins inside {@code parent}: the next attempt of an operation that has not settled, or the next
     * occurrence.
     */
    synchronized void begin(Attempt attempt, ScopeAttempt parent, long fingerprint, long nowNanos) {
        Siblings siblings = parent.operation().childrenOf(fingerprint);
        Operation found = siblings.retried(parent.number(), nowNanos, identity.retryWindowNanos());
        boolean first = false;
        if (found == null) {
            int occurrence = siblings.use(parent.number());
            found = siblings.at(occurrence);
            if (found == null) {
                found = create(attempt.facts().kind(), parent, siblings, occurrence);
                found.lastEndNanos = nowNanos;
                first = true;
            } else {
                found.wire = 0;
                found.below = 0;
                if (found.waiting) siblings.unqueue(found);
            }
        }
        boolean succeededBefore = found.succeeded;
        found.attempts++;
        found.inFlight++;
        found.scopeAttempt = parent.number();
        attempt.is(found, found.attempts, first, succeededBefore);
    }

    private Operation create(CallFacts.Kind kind, ScopeAttempt parent, Siblings siblings, int occurrence) {
        while (remembered >= identity.operationsPerRoot()) evict();
        KeyedHash hash = identity.child(parent.operation(), kind, siblings.fingerprint, occurrence, epoch);
        long idHigh = hash.high();
        long idLow = hash.low();
        long traceHigh = identity.ambient(parent.operation()) ? identity.random() : 0;
        long traceLow = traceHigh == 0 ? 0 : identity.random();
        Operation created = new Operation(this, kind, idHigh, idLow, traceHigh, traceLow, siblings, occurrence);
        siblings.add(created);
        if (youngest == null) oldest = created;
        else youngest.nextYounger = created;
        youngest = created;
        remembered++;
        return created;
    }

    /** The oldest settled one goes first; when the oldest few are all still open, the oldest goes. */
    private void evict() {
        Operation before = null;
        Operation victim = oldest;
        for (int looked = 1; victim != null && !(victim.settled && victim.inFlight == 0); looked++) {
            before = victim;
            victim = looked == LOOKED_AT ? null : victim.nextYounger;
        }
        if (victim == null) {
            before = null;
            victim = oldest;
        }
        if (victim == null) return;
        if (before == null) oldest = victim.nextYounger;
        else before.nextYounger = victim.nextYounger;
        if (youngest == victim) youngest = before;
        victim.nextYounger = null;
        remembered--;
        victim.evicted = true;
        evictions.evicted();
        Siblings siblings = victim.siblings;
        if (siblings == null) return;
        if (victim.waiting) siblings.unqueue(victim);
        siblings.dropEvicted();
    }

    /** The attempt has not taken place; the next call of its kind takes its place. */
    synchronized void withdraw(Attempt attempt, long nowNanos) {
        Operation withdrawn = attempt.operation();
        withdrawn.inFlight--;
        withdrawn.attempts--;
        withdrawn.lastEndNanos = nowNanos;
        waitForNext(withdrawn);
    }

    private static void waitForNext(Operation unsettled) {
        if (unsettled.siblings == null || unsettled.waiting || unsettled.evicted) return;
        unsettled.siblings.queue(unsettled);
    }

    /** An attempt is over. What was refused never was on the wire, and leaves the operation as unsettled as it was. */
    synchronized void end(Attempt attempt, ScopeAttempt parent, Ending ending, long nowNanos) {
        Operation ended = attempt.operation();
        ended.inFlight--;
        if (ending.denied()) {
            // The clock of the retry window is not wound up by refusals: a refused loop gets through again one day.
            ended.attempts--;
        } else {
            ended.lastEndNanos = nowNanos;
            boolean scopeInside = attempt.facts().kind().scope();
            if (!scopeInside) ended.wire += 1 + ending.resends();
            ended.below += ending.amplificationBelow();
            long wire = scopeInside ? 0 : 1L + ending.resends() + ending.attemptsBelow();
            long operations = scopeInside ? 0 : (ended.counted ? 0 : 1) + ending.operationsBelow();
            ended.counted = true;
            for (ScopeAttempt scope = parent; scope != null; scope = scope.parent()) {
                scope.wireAttempts += wire;
                scope.operations += operations;
            }
            parent.amplification = Math.max(parent.amplification, Math.max(ended.wire, ended.below));
        }
        if (ending.verdicts() > 0) {
            for (ScopeAttempt scope = parent; scope != null; scope = scope.parent())
                scope.verdicts += ending.verdicts();
        }
        if (ending.settled()) {
            ended.settled = true;
            ended.succeeded |= ending.succeeded();
        } else {
            waitForNext(ended);
        }
    }
}
