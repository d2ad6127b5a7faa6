package dev.weir.agent.cli;

/** What a command could not do, in a sentence for a person. */
public final class CommandFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** @param message what it could not do, and what to do about it */
    public CommandFailure(String message) {
        super(message);
    }
}
