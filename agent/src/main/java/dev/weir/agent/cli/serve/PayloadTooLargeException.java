package dev.weir.agent.cli.serve;

import java.io.IOException;

/** A request body that is larger, as sent or once decompressed, than the receiver takes. */
final class PayloadTooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    PayloadTooLargeException(long limit) {
        super("the body is larger than " + limit + " bytes; send smaller batches or raise --max-body");
    }
}
