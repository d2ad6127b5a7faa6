package dev.weir.agent.cli.serve;

import java.io.IOException;

/** A request body that is not OTLP. */
final class MalformedPayloadException extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedPayloadException(String message) {
        super(message);
    }
}
