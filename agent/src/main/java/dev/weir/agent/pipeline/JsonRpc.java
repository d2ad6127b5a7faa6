package dev.weir.agent.pipeline;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Requests of JSON-RPC 2.0, as MCP and A2A send them over HTTP. Each is numbered anew, so two bodies that ask for the same
 * thing are never equal.
 */
final class JsonRpc {

    private static final byte[] MEMBER = "\"jsonrpc\"".getBytes(StandardCharsets.US_ASCII);
    /** Libraries write it first, some of them last. */
    private static final int NEAR = 128;

    private JsonRpc() {}

    /** What is asked for, in canonical form: without the number, and without what is said of the request itself. */
    static @Nullable String request(byte[] body) {
        if (body.length < 2 || body[0] != '{') return null;
        int last = body.length - MEMBER.length;
        boolean named = contains(body, 0, Math.min(NEAR, last)) || contains(body, Math.max(0, last - NEAR), last);
        return named ? CanonicalJson.request(new String(body, StandardCharsets.UTF_8)) : null;
    }

    /** Whether the member's name begins at one of these places. */
    private static boolean contains(byte[] body, int from, int to) {
        for (int at = from; at <= to; at++) {
            if (body[at] == '"' && isAt(body, at)) return true;
        }
        return false;
    }

    private static boolean isAt(byte[] body, int at) {
        for (int i = 1; i < MEMBER.length; i++) if (body[at + i] != MEMBER[i]) return false;
        return true;
    }
}
