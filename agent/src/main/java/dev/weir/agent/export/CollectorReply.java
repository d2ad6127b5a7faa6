package dev.weir.agent.export;

import dev.weir.agent.config.Settings;

/** Reads what a collector says beside its status. */
final class CollectorReply {

    /** Longer replies are cut: none of what is read here needs more. */
    static final int LONGEST = 64 * 1024;

    private CollectorReply() {}

    /** Source: opentelemetry-proto, {@code ExportTraceServiceResponse.partial_success}. */
    static Sender.Answer taken(byte[] response, String status) {
        byte[] partial = ProtobufFields.bytes(response, 1);
        if (partial == null) return Sender.Answer.taken(0, status);
        String message = ProtobufFields.text(partial, 2);
        return Sender.Answer.taken(ProtobufFields.number(partial, 1), described(status, message));
    }

    static String described(String status, String message) {
        return message.isBlank() ? status : status + ": " + Settings.shown(message);
    }
}
