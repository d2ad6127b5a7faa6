package dev.weir.agent.rules;

/** What a rule says of an attempt. */
public sealed interface Verdict {

    /** Nothing to say. */
    Verdict ALLOW = new Allow();

    /** Nothing to say. */
    record Allow() implements Verdict {}

    /** Nothing to change, but a person should know. */
    record Flag(String reason) implements Verdict {}

    /**
     * A request header shall be set.
     *
     * @param replace whether it takes the place of what the application has set; only done in enforce
     */
    record Mark(String header, String value, boolean replace, String reason) implements Verdict {}

    /** The attempt may not take longer. */
    record Limit(long millis, String reason) implements Verdict {}

    /**
     * The attempt shall wait first, and then be judged again.
     *
     * @param nanos how long; 0 for an attempt that has waited
     */
    record Delay(long nanos, String reason) implements Verdict {

        Delay over() {
            return new Delay(0, reason);
        }
    }

    /**
     * The attempt must not take place.
     *
     * @param timeout whether time is the reason
     * @param otherwise what holds when the attempt takes place all the same, because the rule is in observe
     */
    record Deny(String reason, boolean timeout, Verdict otherwise) implements Verdict {

        Deny(String reason, boolean timeout) {
            this(reason, timeout, ALLOW);
        }
    }
}
