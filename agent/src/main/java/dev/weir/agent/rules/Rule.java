package dev.weir.agent.rules;

import dev.weir.agent.context.Attempt;

/**
 * Judges attempts. A rule does not know its mode, does no input or output, and keeps no state but what the ledger keeps
 * for it, given to its constructor.
 */
public interface Rule {

    /** The rule's word in settings, attributes and documents, such as {@code retry-budget}. */
    String name();

    /**
     * Judges an attempt that is about to begin.
     *
     * @param nowNanos the time, on the clock of {@link System#nanoTime}
     */
    Verdict judge(Attempt attempt, long nowNanos);

    /** Judges a repetition that a library is about to make by itself, unseen by the application. */
    default Verdict judgeResend(Attempt attempt, int resends) {
        return Verdict.ALLOW;
    }
}
