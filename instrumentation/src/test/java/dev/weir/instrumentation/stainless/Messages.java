package dev.weir.instrumentation.stainless;

/** What Anthropic's models say, on the wire. */
final class Messages {

    /** A stream of {@code no}. */
    static final String[] PIECES = {
        "message_start",
        "{\"type\":\"message_start\",\"message\":" + message("", "null", 1) + "}",
        "content_block_start",
        "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":"
                + "{\"type\":\"text\",\"text\":\"\",\"citations\":null}}",
        "content_block_delta",
        "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"n\"}}",
        "content_block_delta",
        "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"o\"}}",
        "content_block_stop",
        "{\"type\":\"content_block_stop\",\"index\":0}",
        "message_delta",
        "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},"
                + "\"usage\":{\"output_tokens\":7}}",
        "message_stop",
        "{\"type\":\"message_stop\"}",
    };

    private Messages() {}

    /** A whole message with this content, which ends for this reason. */
    static String whole(String content, String reason) {
        return message(content, "\"" + reason + "\"", 7);
    }

    private static String message(String content, String reason, int written) {
        return "{\"id\":\"answer_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"model-x-2026\",\"content\":["
                + content + "],\"stop_reason\":" + reason + ",\"stop_sequence\":null,"
                + "\"usage\":{\"input_tokens\":11,\"output_tokens\":" + written + "}}";
    }

    /** A call of a tool. */
    static String toolUse(String id, String name, String input) {
        return "{\"type\":\"tool_use\",\"id\":\"" + id + "\",\"name\":\"" + name + "\",\"input\":" + input + "}";
    }
}
