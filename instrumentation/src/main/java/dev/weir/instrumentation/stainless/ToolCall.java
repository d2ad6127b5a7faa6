package dev.weir.instrumentation.stainless;

import com.anthropic.core.ObjectMappers;
import com.anthropic.models.beta.messages.BetaToolResultBlockParam;
import com.anthropic.models.beta.messages.BetaToolUseBlockParam;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.bootstrap.Hooks;
import org.jspecify.annotations.Nullable;

/** A tool that anthropic-java's runner is calling on this thread. */
final class ToolCall {

    private static final ThreadLocal<@Nullable ToolCall> CURRENT = new ThreadLocal<>();

    private final Facts facts;
    private final @Nullable Call call;
    private final @Nullable ToolCall around = CURRENT.get();
    private @Nullable Throwable failure;

    private ToolCall(Facts facts, @Nullable Call call) {
        this.facts = facts;
        this.call = call;
    }

    static ToolCall begin(BetaToolUseBlockParam wanted) {
        Facts facts = new Facts(wanted, new Wire(ObjectMappers.jsonMapper()));
        ToolCall begun = new ToolCall(facts, Hooks.begin(facts));
        CURRENT.set(begun);
        return begun;
    }

    /** The tool itself threw, whatever becomes of that. */
    static void threw(Throwable thrown) {
        ToolCall current = CURRENT.get();
        if (current != null) current.failure = thrown;
    }

    void end(@Nullable BetaToolResultBlockParam result, @Nullable Throwable thrown) {
        if (around == null) CURRENT.remove();
        else CURRENT.set(around);
        facts.result = result;
        Throwable told = thrown == null ? failure : thrown;
        boolean failed = told != null || result != null && facts.isError(result);
        Hooks.end(call, 0, failed ? "tool_error" : null, told);
    }

    private static final class Facts extends GenAiFacts {

        private final BetaToolUseBlockParam wanted;
        private final Wire wire;
        private volatile @Nullable BetaToolResultBlockParam result;

        Facts(BetaToolUseBlockParam wanted, Wire wire) {
            super(Kind.TOOL, AnthropicJavaInstrumentation.NAME, wanted.name());
            this.wanted = wanted;
            this.wire = wire;
        }

        boolean isError(BetaToolResultBlockParam answer) {
            return wire.field(answer, "isError").asBoolean();
        }

        @Override
        public String toolCallId() {
            return wanted.id();
        }

        @Override
        public String toolArguments() {
            return wire.field(wanted, "input").toString();
        }

        @Override
        public @Nullable String toolResult() {
            BetaToolResultBlockParam answer = result;
            return answer == null ? null : Wire.text(wire.field(answer, "content"));
        }
    }
}
