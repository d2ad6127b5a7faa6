package dev.weir.instrumentation.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import org.jspecify.annotations.Nullable;

/**
 * A tool that is being called on this thread. Several pieces of the library tell of one call, each inside the other; they
 * have the same request.
 */
final class ToolCall {

    private static final ThreadLocal<@Nullable ToolCall> CURRENT = new ThreadLocal<>();

    private final ToolExecutionRequest request;
    private final @Nullable ToolCall around;
    private final @Nullable Run run;
    private final boolean inner;
    private @Nullable Call call;
    private @Nullable Throwable failure;

    private ToolCall(ToolExecutionRequest request, @Nullable ToolCall around, boolean inner, @Nullable Run run) {
        this.request = request;
        this.around = around;
        this.inner = inner;
        this.run = run;
    }

    // Two calls may have equal requests.
    @SuppressWarnings("ReferenceEquality")
    static @Nullable ToolCall begin(@Nullable ToolExecutionRequest request) {
        if (request == null) return null;
        ToolCall around = CURRENT.get();
        if (around != null && around.request == request) {
            // Whoever calls an executor again, because it threw, may succeed.
            around.failure = null;
            return new ToolCall(request, around, true, null);
        }
        Call call = Hooks.begin(new ToolFacts(request));
        // The models that a tool calls are not called for the run that called the tool.
        ToolCall begun = new ToolCall(request, around, false, Run.enter(null));
        begun.call = call;
        CURRENT.set(begun);
        return begun;
    }

    /** The tool itself threw, whatever becomes of that. */
    static void threw(@Nullable Throwable failure) {
        ToolCall current = CURRENT.get();
        if (current != null) current.failure = failure;
    }

    /** The call is over, as far as the piece that began it can tell. */
    void end(@Nullable Object result, @Nullable Throwable thrown) {
        if (inner) {
            if (around != null && thrown != null) around.failure = ToolFacts.cause(thrown);
            else if (around != null) ToolFacts.answered(around.call, result);
            return;
        }
        if (around == null) CURRENT.remove();
        else CURRENT.set(around);
        Run.enter(run);
        if (thrown != null) failure = ToolFacts.cause(thrown);
        ToolFacts.answered(call, result);
        boolean failed = failure != null || ToolFacts.isError(result);
        Hooks.end(call, 0, failed ? "tool_error" : null, failure);
    }
}
