package dev.weir.agent.rules;

import dev.weir.agent.context.Attempt;
import org.jspecify.annotations.Nullable;

/**
 * Judges attempts. A rule does not know its mode, does no input or output, and keeps no state but what the ledger keeps
 * for it, given to its constructor.
 *
 * <p>A class, and no interface: ten calls of it are on the way of each call, and a class is called for less.
 */
public abstract class Rule {

    /** The rule's word in settings, attributes and documents, such as {@code retry-budget}. */
    public abstract String name();

    /**
     * Judges an attempt that is about to begin.
     *
     * @param nowNanos the time, on the clock of {@link System#nanoTime}
     */
    public abstract Verdict judge(Attempt attempt, long nowNanos);

    /** Judges a repetition that a library is about to make by itself, unseen by the application. */
    public Verdict judgeResend(Attempt attempt, int resends) {
        return Verdict.ALLOW;
    }

    /**
     * An attempt that this rule judged is over.
     *
     * @param answer what became of it
     * @return what a person should know of what follows from it, {@code null} when nothing does
     */
    public @Nullable String ended(Attempt attempt, Answer answer, long nowNanos) {
        return null;
    }

    /** An attempt that this rule judged has not taken place after all. */
    public void dropped(Attempt attempt, long nowNanos) {}

    /** How many headers this rule found absurd, and ignored. */
    public long malformed() {
        return 0;
    }

    /** What became of an attempt. */
    public enum Answer {
        /** The destination did its work, whatever the caller thinks of the result. */
        GOOD,
        /** The destination asks for fewer calls. */
        PRESSED,
        /** The destination failed. */
        BAD,
        /** The destination did not answer, or says that it cannot now (503, 504). */
        UNANSWERED,
        /** Nobody can tell: the application itself gave up. */
        NONE
    }
}
