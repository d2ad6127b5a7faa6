package dev.weir.agent.context;

/**
 * How an attempt ended.
 *
 * @param settled a definitive answer came, good or bad
 * @param succeeded a definitive good one
 * @param denied a rule refused it; it never was on the wire
 * @param resends how often the library put it on the wire again by itself
 * @param attemptsBelow wire attempts that the callee reports
 * @param operationsBelow operations that the callee reports
 * @param amplificationBelow how often the callee's most repeated operation was put on the wire
 * @param verdicts verdicts other than to allow
 */
public record Ending(
        boolean settled,
        boolean succeeded,
        boolean denied,
        int resends,
        long attemptsBelow,
        long operationsBelow,
        int amplificationBelow,
        int verdicts) {

    // How nearly every call ends.
    private static final Ending SUCCEEDED = new Ending(true, true, false, 0, 0, 0, 0, 0);

    /** Not refused, and nothing is known of what it caused. */
    public static Ending of(boolean settled, boolean succeeded, int resends, int verdicts) {
        if (settled && succeeded && resends == 0 && verdicts == 0) return SUCCEEDED;
        return new Ending(settled, succeeded, false, resends, 0, 0, 0, verdicts);
    }

    /** Refused by a rule. */
    public static Ending denied(int verdicts) {
        return new Ending(false, false, true, 0, 0, 0, 0, verdicts);
    }
}
