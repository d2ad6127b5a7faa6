package dev.weir.instrumentation.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.service.tool.ToolExecutionResult;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.GenAiFacts;
import org.jspecify.annotations.Nullable;

/** A call of a tool. */
final class ToolFacts extends GenAiFacts {

    private final ToolExecutionRequest request;
    private volatile @Nullable Object result;

    ToolFacts(ToolExecutionRequest request) {
        super(Kind.TOOL, "langchain4j", request.name() == null ? "" : request.name());
        this.request = request;
    }

    /** What the tool answered; the last one who says so is the one whom the model hears. */
    static void answered(@Nullable Call call, @Nullable Object result) {
        if (result != null && call != null && call.facts() instanceof ToolFacts facts) facts.result = result;
    }

    /** What a tool threw, and not what the library made of it. */
    static Throwable cause(Throwable thrown) {
        Throwable cause = thrown.getCause();
        boolean wraps = thrown.getClass().getName().equals("dev.langchain4j.exception.ToolExecutionException");
        return wraps && cause != null ? cause : thrown;
    }

    static boolean isError(@Nullable Object result) {
        return isResult(result) && result instanceof ToolExecutionResult answer && answer.isError();
    }

    /** Older libraries have no such class. */
    private static boolean isResult(@Nullable Object result) {
        return result != null && result.getClass().getName().equals("dev.langchain4j.service.tool.ToolExecutionResult");
    }

    @Override
    public @Nullable String toolCallId() {
        return request.id();
    }

    @Override
    public @Nullable String toolArguments() {
        return request.arguments();
    }

    @Override
    public @Nullable String toolResult() {
        Object answer = result;
        if (answer instanceof String text) return text;
        if (!isResult(answer) || !(answer instanceof ToolExecutionResult whole)) return null;
        try {
            return whole.resultText();
        } catch (RuntimeException notText) {
            // Images, or what cannot be written as JSON, which the application hears of where it asks.
            return null;
        }
    }
}
