package dev.weir.bootstrap;

import org.jspecify.annotations.Nullable;

/** The token of an open call or scope, from its begin to its end. */
public abstract class Call {

    /** What the call began with; {@code null} for a denied call. */
    public abstract @Nullable CallFacts facts();

    /**
     * A call that must not take place. The adapter skips it and gives the application the exception that the API
     * promises, with this {@link #message()}.
     */
    public static final class Denied extends Call {

        private final String rule;
        private final String message;
        private final boolean timeout;

        /**
         * @param rule the rule's name
         * @param message names the rule, the operation, the reason and the switch that turns the rule off
         * @param timeout whether the API's timeout exception fits best
         */
        public Denied(String rule, String message, boolean timeout) {
            this.rule = rule;
            this.message = message;
            this.timeout = timeout;
        }

        @Override
        public @Nullable CallFacts facts() {
            return null;
        }

        /** The name of the rule that denies. */
        public String rule() {
            return rule;
        }

        /** For the application: the rule, the operation, the reason, and the switch that turns it off. */
        public String message() {
            return message;
        }

        /** Whether time is the reason, so that the API's timeout exception fits best. */
        public boolean timeout() {
            return timeout;
        }
    }
}
