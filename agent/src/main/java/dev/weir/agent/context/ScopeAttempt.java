package dev.weir.agent.context;

import dev.weir.bootstrap.CallFacts;
import org.jspecify.annotations.Nullable;

/** One attempt of an operation that contains others, and what it has caused until now. Guarded by the root. */
public final class ScopeAttempt {

    private final Operation operation;
    /** Which attempt that we have seen: what occurrences are counted by. */
    final int ordinal;

    private final int number;
    private final AttemptHint inbound;
    private final boolean believed;
    private final int triedElsewhere;
    private final @Nullable ScopeAttempt parent;
    private final ScopeAttempt top;
    private boolean repeatedByCaller;
    long wireAttempts;
    long operations;
    long verdicts;
    int amplification;

    /** An attempt of a root. */
    ScopeAttempt(Operation operation, int ordinal, int number, AttemptHint inbound, boolean believed) {
        this.operation = operation;
        this.ordinal = ordinal;
        this.number = number;
        this.inbound = inbound;
        this.believed = believed;
        this.triedElsewhere = number - ordinal;
        this.parent = null;
        this.top = this;
    }

    ScopeAttempt(Operation operation, int ordinal, int number, ScopeAttempt parent) {
        this.operation = operation;
        this.ordinal = ordinal;
        this.number = number;
        this.inbound = parent.inbound;
        this.believed = parent.believed;
        this.triedElsewhere = parent.triedElsewhere;
        this.parent = parent;
        this.top = parent.top;
    }

    /** Which attempt of the root that we have seen contains this one. */
    int attemptOfRoot() {
        return top.ordinal;
    }

    /** Whoever asked for all this says that it is not the first time, or that it is retried itself. */
    public void noteRepeatedByCaller() {
        synchronized (operation.root) {
            top.repeatedByCaller = true;
        }
    }

    /** Whether the caller retries already. Guarded by the root. */
    boolean repeatedByCaller() {
        return top.repeatedByCaller;
    }

    /** What the request said that all this is caused by, believed or not. */
    public AttemptHint inbound() {
        return inbound;
    }

    /** Whether what asked for all this comes from somebody whose word is taken. */
    public boolean believed() {
        return believed;
    }

    /** Attempts of the root that its caller tells of, and that were not made here. */
    int triedElsewhere() {
        return triedElsewhere;
    }

    /** What this is an attempt of. */
    public Operation operation() {
        return operation;
    }

    /** What sort of thing all this is caused by. */
    public CallFacts.Kind kindOfRoot() {
        return operation.root.kind();
    }

    /** Which attempt, from 1. */
    public int number() {
        return number;
    }

    /** The scope around this one in this process. */
    public @Nullable ScopeAttempt parent() {
        return parent;
    }

    /** Attempts put on the wire in this scope and below, over processes where they report back. */
    public long wireAttempts() {
        synchronized (operation.root) {
            return wireAttempts;
        }
    }

    /** Different operations that those attempts were for. */
    public long operations() {
        synchronized (operation.root) {
            return operations;
        }
    }

    /** Operations under the same root that were forgotten because there were too many. */
    public long forgotten() {
        return operation.root.forgotten();
    }

    /** Verdicts other than to allow. */
    public long verdicts() {
        synchronized (operation.root) {
            return verdicts;
        }
    }

    /**
     * How often the most repeated operation below was put on the wire. Three attempts that each cause
     * nine are 27.
     */
    public int amplification() {
        synchronized (operation.root) {
            return amplification;
        }
    }
}
