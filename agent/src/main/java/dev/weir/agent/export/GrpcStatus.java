package dev.weir.agent.export;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The status that ends a gRPC call, and whether OTLP lets the call be repeated after it. */
final class GrpcStatus {

    private static final String[] NAMES = {
        "OK",
        "CANCELLED",
        "UNKNOWN",
        "INVALID_ARGUMENT",
        "DEADLINE_EXCEEDED",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
        "UNAUTHENTICATED"
    };

    private GrpcStatus() {}

    /**
     * Source: OTLP specification, "OTLP/gRPC Response", "Failures".
     *
     * @param message {@code grpc-message}, percent-encoded
     * @param details {@code grpc-status-details-bin}
     */
    static Sender.Answer failure(String code, @Nullable String message, @Nullable String details) {
        String name = name(code);
        String description = CollectorReply.described("gRPC " + name, decoded(message));
        long retryMillis = retryMillis(details);
        return switch (name) {
            case "CANCELLED", "DEADLINE_EXCEEDED", "ABORTED", "OUT_OF_RANGE", "UNAVAILABLE", "DATA_LOSS" ->
                Sender.Answer.again(Math.max(Sender.Answer.BACK_OFF, retryMillis), description);
            // Without a time the collector does not expect to recover.
            case "RESOURCE_EXHAUSTED" ->
                retryMillis < 0 ? Sender.Answer.refused(description) : Sender.Answer.again(retryMillis, description);
            case "UNIMPLEMENTED" -> Sender.Answer.unknown(description);
            default -> Sender.Answer.refused(description);
        };
    }

    /** Source: gRPC, "HTTP to gRPC Status Code Mapping": for answers that never reached a gRPC server. */
    static Sender.Answer withoutStatus(int http) {
        String description = "HTTP " + http + " without grpc-status; is it an OTLP/gRPC receiver?";
        if (http == 404 || http == 405) return Sender.Answer.unknown(description);
        return http == 429 || http == 502 || http == 503 || http == 504
                ? Sender.Answer.again(Sender.Answer.BACK_OFF, description)
                : Sender.Answer.refused(description);
    }

    private static String name(String code) {
        try {
            int number = Integer.parseInt(code);
            if (number >= 0 && number < NAMES.length) return NAMES[number];
        } catch (NumberFormatException e) {
            // Like an unknown number.
        }
        return "UNKNOWN";
    }

    private static String decoded(@Nullable String message) {
        if (message == null) return "";
        try {
            return URLDecoder.decode(message.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return message;
        }
    }

    /** {@code google.rpc.RetryInfo} in {@code google.rpc.Status}; -1 when there is none. */
    private static long retryMillis(@Nullable String details) {
        if (details == null) return -1;
        byte[] status;
        try {
            status = Base64.getDecoder().decode(details.strip());
        } catch (IllegalArgumentException e) {
            return -1;
        }
        byte[] info = ProtobufFields.any(status, 3, "google.rpc.RetryInfo");
        if (info == null) return -1;
        byte[] delay = ProtobufFields.bytes(info, 1);
        if (delay == null) return 0;
        long seconds = Math.min(ProtobufFields.number(delay, 1), Integer.MAX_VALUE);
        return seconds * 1_000 + ProtobufFields.number(delay, 2) / 1_000_000;
    }
}
