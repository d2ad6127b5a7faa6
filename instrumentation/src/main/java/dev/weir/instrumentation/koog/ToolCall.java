package dev.weir.instrumentation.koog;

import ai.koog.agents.core.environment.ReceivedToolResult;
import ai.koog.agents.core.environment.ToolResultKind;
import ai.koog.prompt.message.MessagePart;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.instrumentation.shared.Scoped;
import org.jspecify.annotations.Nullable;

/** One call of a tool. */
final class ToolCall extends Scoped<Object> {

    private final Facts facts;
    private volatile boolean agent;
    private volatile boolean failed;
    private volatile @Nullable Throwable swallowed;

    ToolCall(MessagePart.Tool.Call call) {
        facts = new Facts(call);
    }

    /** One environment tells features of the call, and has another one do it. */
    static boolean isMadeBy(Object environment) {
        return !environment.getClass().getName().equals("ai.koog.agents.core.environment.ContextualAgentEnvironment");
    }

    @SuppressWarnings("ReferenceEquality") // Two calls may be equal.
    boolean isOf(MessagePart.Tool.Call call) {
        return facts.call == call;
    }

    /** It is an agent, which is about to run. */
    void runsAnAgent() {
        agent = true;
    }

    boolean isAgent() {
        return agent;
    }

    /** The agent that is the tool failed, which Koog tells the model in words. */
    void failed(Throwable thrown) {
        failed = true;
        swallowed = thrown;
    }

    @Override
    protected GenAiFacts facts() {
        return facts;
    }

    @Override
    public void heard(Object item) {
        if (!(item instanceof ReceivedToolResult received)) return;
        facts.result = received.getOutput();
        ToolResultKind kind = received.getResultKind();
        if (kind instanceof ToolResultKind.Failure failure) {
            failed = true;
            swallowed = failure.getError();
        } else if (kind instanceof ToolResultKind.ValidationError invalid) {
            failed = true;
            swallowed = invalid.getError();
        }
    }

    @Override
    protected @Nullable Throwable failure(@Nullable Throwable thrown) {
        return thrown == null ? swallowed : thrown;
    }

    @Override
    protected @Nullable String code() {
        return failed ? "tool_error" : null;
    }

    private static final class Facts extends GenAiFacts {

        private final MessagePart.Tool.Call call;
        private volatile @Nullable String result;

        Facts(MessagePart.Tool.Call call) {
            super(Kind.TOOL, KoogInstrumentation.NAME, call.getTool());
            this.call = call;
        }

        @Override
        public @Nullable String toolCallId() {
            return call.getId();
        }

        @Override
        public @Nullable String toolArguments() {
            return call.getArgs();
        }

        @Override
        public @Nullable String toolResult() {
            return result;
        }
    }
}
