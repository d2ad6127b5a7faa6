package dev.weir.instrumentation.springai;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.Inside;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.execution.ToolExecutionException;

/** A call of a tool. */
final class ToolFacts extends GenAiFacts {

    private final String input;
    private final @Nullable String id;
    private volatile @Nullable String result;
    private @Nullable Object inside;

    private ToolFacts(String name, String input, @Nullable String id) {
        super(Kind.TOOL, SpringAiInstrumentation.NAME, name);
        this.input = input;
        this.id = id;
    }

    static @Nullable Call begin(ToolCallback tool, @Nullable String input) {
        String name = name(tool);
        // One form of the method calls the other, one tool may stand for another, and be that of a library above this
        // one.
        if (name == null
                || Inside.get() instanceof GenAiFacts around
                        && around.kind() == Kind.TOOL
                        && around.name().equals(name)) return null;
        String json = input == null ? "" : input;
        ToolFacts facts = new ToolFacts(name, json, ToolRound.take(name, json));
        Call call = Hooks.begin(facts);
        if (call != null) facts.inside = Inside.put(facts);
        return call;
    }

    static void end(Call call, @Nullable String result, @Nullable Throwable thrown) {
        if (call.facts() instanceof ToolFacts facts) {
            facts.result = result;
            Inside.over(facts.inside);
        }
        Throwable cause = thrown instanceof ToolExecutionException ? thrown.getCause() : null;
        Hooks.end(call, 0, cause == null ? thrown : cause);
    }

    private static @Nullable String name(ToolCallback tool) {
        try {
            return tool.getToolDefinition().name();
        } catch (RuntimeException odd) {
            // An application's own tool.
            return null;
        }
    }

    @Override
    public @Nullable String toolCallId() {
        return id;
    }

    @Override
    public @Nullable String toolArguments() {
        return input.isEmpty() ? null : input;
    }

    @Override
    public @Nullable String toolResult() {
        return result;
    }
}
