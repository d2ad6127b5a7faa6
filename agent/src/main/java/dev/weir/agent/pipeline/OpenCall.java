package dev.weir.agent.pipeline;

import dev.weir.agent.context.Attempt;
import dev.weir.agent.context.CausalContext;
import dev.weir.agent.context.Destination;
import dev.weir.agent.export.SpanRecord;
import dev.weir.agent.rules.Finding;
import dev.weir.agent.rules.Judgement;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A call or scope that has begun and not yet ended. */
final class OpenCall extends Attempt {

    final ThreadState began;
    final @Nullable Object previous;

    /** What will be left of it. Who it is, in its trace, is said there from the beginning. */
    final SpanRecord record = new SpanRecord();

    Judgement judgement = Judgement.NOTHING;
    /** When the call must be over for whoever waits for it: the inherited deadline, or its own timeout if earlier. */
    long dueNanos;

    /** Whether others may have begun spans inside of this one. */
    volatile boolean told;

    /** Inbound requests only: whether the caller runs Weir, and wants to hear what its request caused. */
    boolean calledByUs;

    /** Scopes only: what is caused inside. */
    @Nullable
    CausalContext inside;

    private boolean ended;
    private volatile @Nullable Rare rare;

    /** What few calls have. All the others would carry it empty. */
    static final class Rare {

        private static final Rare NONE = new Rare();

        private Rare() {}

        /** The span of the application's own that was current when it began; 0 for none. */
        long applicationSpanId;

        /** What somebody else makes of this call, and Weir says there what it has to say. */
        Hooks.@Nullable ForeignSpan foreign;

        int resends;

        @Nullable
        Judgement resendJudgement;

        /** What followed from its end. */
        @Nullable
        List<Finding> notes;
    }

    OpenCall(
            CallFacts facts,
            @Nullable CausalContext cause,
            Destination destination,
            long deadlineNanos,
            long nowNanos,
            ThreadState began) {
        super(facts, cause, destination, deadlineNanos, nowNanos);
        this.began = began;
        this.previous = began.node;
        this.dueNanos = deadlineNanos;
    }

    /** What few calls have, to be read: one that has nothing of it shares it with others. */
    Rare rare() {
        Rare known = rare;
        return known == null ? Rare.NONE : known;
    }

    /** What few calls have, to be written to. */
    synchronized Rare withRare() {
        Rare known = rare;
        if (known == null) rare = known = new Rare();
        return known;
    }

    /** Remembers what followed from its end, if anything did. */
    void note(@Nullable List<Finding> followed) {
        if (followed != null) withRare().notes = followed;
    }

    /** Whether this is the first end. */
    synchronized boolean end() {
        boolean first = !ended;
        ended = true;
        if (inside != null) inside.over();
        return first;
    }

    synchronized boolean ended() {
        return ended;
    }
}
