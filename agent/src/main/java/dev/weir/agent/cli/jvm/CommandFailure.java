package dev.weir.agent.cli.jvm;

/** What a command could not do, in a sentence for a person. */
public final class CommandFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    CommandFailure(String message) {
        super(message);
    }
}
