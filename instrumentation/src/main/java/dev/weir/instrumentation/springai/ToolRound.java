package dev.weir.instrumentation.springai;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.Inside;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.model.tool.ToolExecutionResult;

/** The calls of tools that one answer of a model asks for. They are made one after the other, on one thread. */
final class ToolRound {

    private static final ThreadLocal<@Nullable ToolRound> CURRENT = new ThreadLocal<>();

    private final List<AssistantMessage.ToolCall> calls;
    private final boolean[] made;
    private final @Nullable ModelCall model;
    private final @Nullable ToolRound around;
    private @Nullable Object before;

    private ToolRound(List<AssistantMessage.ToolCall> calls, @Nullable ModelCall model, @Nullable ToolRound around) {
        this.calls = calls;
        this.made = new boolean[calls.size()];
        this.model = model;
        this.around = around;
    }

    static ToolRound begin(ChatResponse response) {
        ModelCall model = Inside.get() instanceof ModelCall call ? call : null;
        ToolRound round = new ToolRound(calls(response), model, CURRENT.get());
        CURRENT.set(round);
        if (model != null) {
            model.wantsTools(response);
            round.before = Hooks.enter(model.outside());
        }
        return round;
    }

    /** @param result {@code null} when there is none */
    void end(@Nullable ToolExecutionResult result) {
        if (around == null) CURRENT.remove();
        else CURRENT.set(around);
        if (model == null) return;
        // Left on the thread, for the model is asked again from here; whoever has put it there takes it off.
        if (result != null && !result.returnDirect()) model.isTold(result.conversationHistory());
        else Hooks.exit(before);
    }

    private static List<AssistantMessage.ToolCall> calls(ChatResponse response) {
        try {
            for (Generation generation : response.getResults()) {
                List<AssistantMessage.ToolCall> calls = generation.getOutput().getToolCalls();
                if (calls != null && !calls.isEmpty()) return calls;
            }
        } catch (RuntimeException odd) {
            // An application's own kind of answer.
        }
        return List.of();
    }

    /** The id of the call that is made now, which a tool is not told; {@code null} when no model has asked for it. */
    static @Nullable String take(String name, String input) {
        ToolRound round = CURRENT.get();
        if (round == null) return null;
        int found = -1;
        for (int i = 0; i < round.calls.size() && found < 0; i++) {
            AssistantMessage.ToolCall call = round.calls.get(i);
            if (!round.made[i] && name.equals(call.name()) && isInput(input, call.arguments())) found = i;
        }
        if (found < 0) return null;
        round.made[found] = true;
        return round.calls.get(found).id();
    }

    /** Arguments that are missing are given to the tool as an empty object. */
    private static boolean isInput(String input, @Nullable String arguments) {
        return arguments == null || arguments.isBlank() ? input.equals("{}") : input.equals(arguments);
    }
}
