package dev.weir.agent.context;

/** Finds out whether a call is a new operation or the next attempt of one, and hears how it ended. */
public final class Operations {

    private Operations() {}

    /** An attempt begins inside a scope. */
    public static void begin(Attempt attempt, ScopeAttempt parent, long fingerprint, AttemptHint hint, long nowNanos) {
        parent.operation().root.begin(attempt, parent, fingerprint, hint, null, nowNanos);
    }

    /** The next try of a layer that retries, which says itself what it repeats. */
    public static void repeat(
            Attempt attempt, ScopeAttempt parent, long fingerprint, Operation repeated, long nowNanos) {
        parent.operation().root.begin(attempt, parent, fingerprint, AttemptHint.NONE, repeated, nowNanos);
    }

    /** The attempt is over. */
    public static void end(Attempt attempt, ScopeAttempt parent, Ending ending, long nowNanos) {
        parent.operation().root.end(attempt, parent, ending, nowNanos);
    }

    /** The attempt has not taken place after all. */
    public static void withdraw(Attempt attempt, ScopeAttempt parent, long nowNanos) {
        parent.operation().root.withdraw(attempt, nowNanos);
    }

    /** An inbound request is an attempt of the root itself. */
    public static void inbound(Attempt attempt, ScopeAttempt scope) {
        scope.operation().root.inbound(attempt, scope);
    }

    /** The inbound request is over. */
    public static void endInbound(ScopeAttempt scope, boolean settled, boolean succeeded, long nowNanos) {
        scope.operation().root.endRoot(settled, succeeded, nowNanos);
    }

    /** The scope attempt that an attempt of a scope opens for what it contains. */
    public static ScopeAttempt open(Attempt attempt, ScopeAttempt parent) {
        return parent.operation().root.open(attempt, parent);
    }
}
