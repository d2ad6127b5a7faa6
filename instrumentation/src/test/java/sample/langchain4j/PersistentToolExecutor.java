package sample.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.service.tool.ToolExecutor;

/** Calls another executor again when that throws. */
public final class PersistentToolExecutor implements ToolExecutor {

    /** Throws the first time. */
    public static final class Flaky implements ToolExecutor {

        private int calls;

        @Override
        public String execute(ToolExecutionRequest request, Object memoryId) {
            if (calls++ == 0) throw new IllegalStateException("once");
            return "call " + calls;
        }
    }

    private final ToolExecutor other;

    /** @param other is called */
    public PersistentToolExecutor(ToolExecutor other) {
        this.other = other;
    }

    @Override
    public String execute(ToolExecutionRequest request, Object memoryId) {
        try {
            return other.execute(request, memoryId);
        } catch (IllegalStateException e) {
            return other.execute(request, memoryId);
        }
    }
}
