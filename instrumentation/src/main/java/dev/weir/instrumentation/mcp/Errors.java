package dev.weir.instrumentation.mcp;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** How the SDK tells of what went wrong. */
final class Errors {

    private Errors() {}

    /** What a request that must not go out ends with: as one that the server refuses, or that nobody answered in time. */
    static Throwable refusedHere(Call.Denied denied) {
        return denied.timeout() ? new TimeoutException(denied.message()) : refused(denied);
    }

    /** What a request that must not be served ends with. */
    static Throwable refused(Call.Denied denied) {
        return new McpError(new McpSchema.JSONRPCResponse.JSONRPCError(
                McpSchema.ErrorCodes.INTERNAL_ERROR, denied.message(), null));
    }

    /** Ends a call: with the protocol's code where there is one, else with what was thrown. */
    static void end(Call call, @Nullable Throwable thrown) {
        String code = thrown == null ? null : code(thrown);
        Hooks.end(call, 0, code, code == null ? thrown : null);
    }

    /** The code of an error that the protocol carries; {@code null} for all others. */
    static @Nullable String code(Throwable thrown) {
        if (!(thrown instanceof McpError error) || error.getJsonRpcError() == null) return null;
        Integer code = error.getJsonRpcError().code();
        return code == null ? null : code.toString();
    }
}
