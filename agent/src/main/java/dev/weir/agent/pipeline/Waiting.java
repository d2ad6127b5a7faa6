package dev.weir.agent.pipeline;

import dev.weir.agent.context.Attempt;
import dev.weir.agent.rules.Judgement;
import java.util.concurrent.TimeUnit;

/** Makes a call wait as long as rules in enforce ask for it. Never a thread that must not be blocked. */
final class Waiting {

    private Waiting() {}

    /** What the rules say after the wait; the same where none is asked for. */
    static Judgement out(Judgement judgement, Attempt attempt) {
        Judgement present = judgement;
        for (long nanos = present.delayNanos(); nanos > 0; nanos = present.delayNanos()) {
            if (!attempt.facts().waits()) return present.insteadOfDelay();
            try {
                TimeUnit.NANOSECONDS.sleep(nanos);
            } catch (InterruptedException e) {
                // The call itself is what has to answer to that.
                Thread.currentThread().interrupt();
                return present;
            }
            long now = System.nanoTime();
            attempt.began(now);
            present = present.afterDelay(attempt, now);
        }
        return present;
    }
}
