package dev.weir.demo;

/** A step of the demo failed; the message is all that the reader needs. */
final class StepFailed extends Exception {
    private static final long serialVersionUID = 1L;

    StepFailed(String message) {
        super(message);
    }
}
