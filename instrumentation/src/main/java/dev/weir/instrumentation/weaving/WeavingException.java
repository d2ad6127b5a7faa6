package dev.weir.instrumentation.weaving;

/** A class cannot be woven; it stays as it was. */
class WeavingException extends RuntimeException {

    WeavingException(String message) {
        super(message);
    }
}
