package dev.weir.instrumentation.weaving;

/** A method uses the receiver's variable for something else, which the Java compiler never does: it must be told beforehand. */
final class ReceiverReused extends WeavingException {

    ReceiverReused(String where) {
        super(where + ": the receiver's variable is used for something else");
    }
}
