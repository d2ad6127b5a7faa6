package dev.weir.instrumentation.embabel;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.Inside;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import org.jspecify.annotations.Nullable;

/**
 * Agent processes, their actions and the tools of Embabel's own tool loop.
 *
 * <p>Models are Spring AI's, and retries Spring Retry's: their adapters tell of them.
 */
public final class EmbabelInstrumentation implements Instrumentation {

    static final String NAME = "embabel";

    private static final String AGENT = "com.embabel.agent.";
    private static final String STRING = "java.lang.String";
    private static final String TOOL = AGENT + "api.tool.Tool";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type(AGENT + "core.support.AbstractAgentProcess")
                .exactly("run", "Run")
                .exactly("executeAction", "Act", AGENT + "core.Action");
        weaving.type(AGENT + "spi.loop.support.DefaultToolLoop")
                .exactly("executeToolCall", "Tool", TOOL, "com.embabel.chat.ToolCall");
        weaving.subtypesOf(TOOL, "(Ljava/lang/String;)Lcom/embabel/agent/api/tool/Tool$Result;")
                .exactly("call", "ToolBody", STRING)
                .exactly("call", "ToolBody", STRING, AGENT + "api.tool.ToolCallContext");
    }

    /** A process runs until it is done or has to wait for somebody; after that it may run again. */
    static final class Run {

        static @Nullable Call enter(Object process) throws Throwable {
            // One that was stuck and has a new plan runs itself.
            if (!Hooks.armed() || Inside.of(process) || ProcessFacts.isOver(process)) return null;
            ProcessFacts facts = ProcessFacts.of(process);
            Call call = Hooks.begin(facts);
            if (call != null) facts.inside = Inside.put(process);
            return call;
        }

        static void exit(@Nullable Call call, @Nullable Object result, @Nullable Throwable thrown, Object process)
                throws Throwable {
            if (call == null || !(call.facts() instanceof ProcessFacts facts)) return;
            Inside.over(facts.inside);
            Throwable failure = Signals.failure(thrown);
            Hooks.end(call, 0, failure == null && facts.hasFailed() ? "failed" : null, failure);
        }
    }

    /** One step of a process's plan; all of its tries. */
    static final class Act {

        static @Nullable Call enter(Object process, Object action) throws Throwable {
            return Hooks.armed() ? Hooks.begin(ActionFacts.of(action)) : null;
        }

        static void exit(@Nullable Call call, @Nullable Object status, @Nullable Throwable thrown) throws Throwable {
            if (call == null) return;
            Throwable failure = Signals.failure(thrown);
            Hooks.end(call, 0, failure == null && ActionFacts.isFailed(status) ? "failed" : null, failure);
        }
    }

    /** What a model has asked for. */
    static final class Tool {

        static @Nullable Call enter(Object loop, Object tool, Object toolCall) throws Throwable {
            if (!Hooks.armed()) return null;
            ToolFacts facts = ToolFacts.of(toolCall);
            Call call = Hooks.begin(facts);
            if (call != null) facts.inside = Inside.put(facts);
            return call;
        }

        static void exit(@Nullable Call call, @Nullable Object result, @Nullable Throwable thrown) throws Throwable {
            if (call == null || !(call.facts() instanceof ToolFacts facts)) return;
            Inside.over(facts.inside);
            facts.answered(result);
            Throwable failure = thrown == null ? facts.swallowed() : Signals.failure(thrown);
            Hooks.end(call, 0, facts.hasFailed() ? "tool_error" : null, failure);
        }
    }

    /** The tool itself, or one of those around it that Embabel puts there: of what it throws, these make an answer. */
    static final class ToolBody {

        static void exit(@Nullable Object result, @Nullable Throwable thrown, Object tool) throws Throwable {
            if (Inside.get() instanceof ToolFacts facts) facts.heard(tool, result, thrown);
        }
    }
}
