package dev.weir.instrumentation.googleadk;

import com.google.adk.tools.BaseTool;
import com.google.adk.tools.ToolContext;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.instrumentation.shared.Scoped;
import java.lang.reflect.InvocationTargetException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One call of a tool. */
final class ToolCall extends Scoped<Map<String, Object>> {

    private final boolean ofMcp;
    private final Facts facts;
    private volatile @Nullable Throwable swallowed;

    ToolCall(BaseTool tool, @Nullable Map<String, Object> arguments, @Nullable ToolContext context) {
        ofMcp = tool.getClass().getName().startsWith("com.google.adk.tools.mcp.");
        facts = new Facts(name(tool), context == null ? null : id(context), arguments);
    }

    private static String name(BaseTool tool) {
        try {
            return tool.name();
        } catch (RuntimeException odd) {
            // An application's own tool.
            return tool.getClass().getSimpleName();
        }
    }

    private static @Nullable String id(ToolContext context) {
        String id = context.functionCallId().orElse("");
        return id.isEmpty() ? null : id;
    }

    @Override
    protected GenAiFacts facts() {
        return facts;
    }

    @Override
    public void heard(Map<String, Object> result) {
        facts.result = result;
    }

    /** The method that is the tool threw, which ADK tells the model in words. */
    void threw(Throwable thrown) {
        Throwable cause = thrown instanceof InvocationTargetException ? thrown.getCause() : null;
        swallowed = cause == null ? thrown : cause;
    }

    @Override
    protected @Nullable Throwable failure(@Nullable Throwable thrown) {
        if (thrown == null) return swallowed;
        Throwable cause = thrown.getCause();
        // What is no RuntimeException is put into one.
        return thrown.getClass() == RuntimeException.class && cause != null ? cause : thrown;
    }

    @Override
    protected @Nullable String code() {
        return swallowed != null || isError() ? "tool_error" : null;
    }

    /** What a tool on an MCP server says went wrong is a result with this one entry. */
    private boolean isError() {
        Map<String, Object> result = facts.result;
        return ofMcp && result != null && result.get("error") != null;
    }

    private static final class Facts extends GenAiFacts {

        private final @Nullable String id;
        private final @Nullable Map<String, Object> arguments;
        private volatile @Nullable Map<String, Object> result;

        Facts(String name, @Nullable String id, @Nullable Map<String, Object> arguments) {
            super(Kind.TOOL, GoogleAdkInstrumentation.NAME, name);
            this.id = id;
            this.arguments = arguments;
        }

        @Override
        public @Nullable String toolCallId() {
            return id;
        }

        @Override
        public @Nullable String toolArguments() {
            return Json.of(arguments);
        }

        @Override
        public @Nullable String toolResult() {
            return Json.of(result);
        }
    }
}
