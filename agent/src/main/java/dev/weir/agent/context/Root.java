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

    private final Identity identity;
    private final Evictions evictions;
    private final CallFacts.Kind kind;
    private final Operation operation;
    // What is settled or given up is forgotten first, what is under way last, each in the order in which it became so.
    private final OperationList settled = new OperationList();
    private final OperationList unsettled = new OperationList();
    private final OperationList underWay = new OperationList();
    private long forgotten;

    Root(Identity identity, Evictions evictions, CallFacts.Kind kind, long idHigh, long idLow) {
        this.identity = identity;
        this.evictions = evictions;
        this.kind = kind;
        this.operation = new Operation(this, idHigh, idLow, null, 0);
    }

    /** What sort of thing it is. */
    CallFacts.Kind kind() {
        return kind;
    }

    /** The operation that the root itself is. */
    public Operation operation() {
        return operation;
    }

    /** The next attempt of the root itself. */
    public ScopeAttempt beginRoot() {
        return beginRoot(AttemptHint.NONE, false);
    }

    /**
     * The next attempt of the root itself.
     *
     * @param believed whether its number learns from what the request says
     */
    public synchronized ScopeAttempt beginRoot(AttemptHint inbound, boolean believed) {
        operation.attempts++;
        operation.inFlight++;
        int scopes = ++operation.withRare().scopes;
        operation.number = Math.max(operation.number, believed ? inbound.previous() : 0) + 1;
        return new ScopeAttempt(operation, scopes, operation.number, inbound, believed);
    }

    synchronized void inbound(Attempt attempt, ScopeAttempt scope) {
        attempt.is(operation, scope.number(), scope.number() - 1, scope, scope.number() == 1, operation.succeeded);
    }

    synchronized ScopeAttempt open(Attempt attempt, ScopeAttempt parent) {
        Operation opened = attempt.operation();
        return new ScopeAttempt(opened, ++opened.withRare().scopes, attempt.number(), parent);
    }

    /** The attempt of the root itself is over. */
    public synchronized void endRoot(boolean settled, boolean succeeded, long nowNanos) {
        operation.inFlight--;
        operation.settled |= settled;
        operation.succeeded |= succeeded;
        operation.lastEndNanos = nowNanos;
    }

    /**
     * A call or scope begins inside {@code parent}: the next attempt of an operation that has not settled, or that is
     * said to be repeated, or the next occurrence.
     *
     * @param repeated what a layer that retries says it repeats; {@code null} when nobody says so
     */
    synchronized void begin(
            Attempt attempt,
            ScopeAttempt parent,
            long fingerprint,
            AttemptHint hint,
            @Nullable Operation repeated,
            long nowNanos) {
        Siblings siblings = parent.operation().childrenOf(fingerprint);
        Operation found = again(repeated, siblings);
        if (found == null) found = siblings.retried(parent.ordinal, nowNanos, identity.retryWindowNanos());
        // Whoever repeats it knows better than we whether it was settled: the answer may have broken off half way.
        if (found == null && hint.repeats()) found = siblings.latest(parent.ordinal);
        boolean first = false;
        if (found == null) {
            int occurrence = siblings.use(parent.ordinal);
            found = siblings.at(occurrence);
            if (found == null) {
                found = create(attempt.facts().kind(), parent, siblings, occurrence, nowNanos);
                found.lastEndNanos = nowNanos;
                first = true;
            } else {
                found.wire = 0;
                found.below = 0;
                siblings.stopWaiting(found);
            }
        }
        // What it counts may include attempts that we refused.
        int sentBefore = Math.max(found.attempts + found.rare().resends, hint.previous() - found.rare().refused);
        found.number = Math.max(found.number, hint.previous()) + 1;
        found.attempts++;
        found.inFlight++;
        found.scopeAttempt = parent.ordinal;
        place(found);
        attempt.is(found, found.number, sentBefore, parent, first, found.succeeded);
    }

    private static @Nullable Operation again(@Nullable Operation repeated, Siblings siblings) {
        // A try that found itself under another cause than the one before starts afresh there.
        if (repeated == null || repeated.siblings != siblings || repeated.list == null) return null;
        siblings.stopWaiting(repeated);
        return repeated;
    }

    private Operation create(
            CallFacts.Kind kind, ScopeAttempt parent, Siblings siblings, int occurrence, long nowNanos) {
        while (remembered() >= identity.operationsPerRoot()) forgetOne(siblings, nowNanos);
        KeyedHash hash = identity.child(parent.operation(), kind, siblings.fingerprint, occurrence, siblings.epoch);
        long idHigh = hash.high();
        long idLow = hash.low();
        Operation created = new Operation(this, idHigh, idLow, siblings, occurrence);
        siblings.keep(created);
        underWay.add(created);
        return created;
    }

    /** How many operations are remembered. There are never more fingerprints than operations. */
    synchronized int remembered() {
        return settled.size() + unsettled.size() + underWay.size();
    }

    /** How many operations were forgotten because there were too many. */
    synchronized long forgotten() {
        return forgotten;
    }

    private void forgetOne(Siblings inUse, long nowNanos) {
        Operation victim = unsettled.first();
        if (victim == null || nowNanos - victim.lastEndNanos <= identity.retryWindowNanos()) victim = settled.first();
        if (victim == null) victim = unsettled.first();
        if (victim == null) victim = underWay.first();
        if (victim == null) return;
        if (victim.list != null) victim.list.remove(victim);
        if (victim.siblings != null) victim.siblings.forget(victim, victim.siblings == inUse);
        forgotten++;
        evictions.evicted();
    }

    /** Moves an operation that is remembered to the list where it now belongs. */
    private void place(Operation operation) {
        OperationList from = operation.list;
        if (from == null) return;
        boolean done = operation.settled && !operation.waiting;
        OperationList to = operation.inFlight > 0 ? underWay : done ? settled : unsettled;
        if (from == to) return;
        from.remove(operation);
        to.add(operation);
    }

    /** The attempt has not taken place; the next call of its kind takes its place. */
    synchronized void withdraw(Attempt attempt, long nowNanos) {
        Operation withdrawn = attempt.operation();
        withdrawn.inFlight--;
        withdrawn.attempts--;
        if (withdrawn.number == attempt.number()) withdrawn.number--;
        withdrawn.lastEndNanos = nowNanos;
        waitForNext(withdrawn);
        place(withdrawn);
    }

    private static void waitForNext(Operation unsettled) {
        // Nobody can find it when it is forgotten.
        if (unsettled.siblings == null || unsettled.waiting || unsettled.list == null) return;
        unsettled.siblings.startWaiting(unsettled);
    }

    /** An attempt is over. What was refused never was on the wire, and leaves the operation as unsettled as it was. */
    synchronized void end(Attempt attempt, ScopeAttempt parent, Ending ending, long nowNanos) {
        Operation ended = attempt.operation();
        ended.inFlight--;
        if (ending.denied()) {
            // The clock of the retry window is not wound up by refusals: a refused loop gets through again one day.
            ended.attempts--;
            ended.withRare().refused++;
        } else {
            ended.lastEndNanos = nowNanos;
            ended.attemptOfRoot = parent.attemptOfRoot();
            if (ending.resends() > 0) ended.withRare().resends += ending.resends();
            CallFacts.Kind kind = attempt.facts().kind();
            boolean scopeInside = kind.scope() && !kind.outward();
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
        place(ended);
    }
}
