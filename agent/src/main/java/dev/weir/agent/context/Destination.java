package dev.weir.agent.context;

/**
 * Where a call goes.
 *
 * @param name host and port, database or file, as far as state is kept for it
 * @param internal whether it belongs to us, so that our own headers may be sent there
 */
public record Destination(String name, boolean internal) {

    /** For what goes nowhere. */
    public static final Destination NONE = new Destination("", false);
}
