package dev.weir.instrumentation.embabel;

import dev.weir.instrumentation.shared.PublicMethods;
import org.jspecify.annotations.Nullable;

/** What Embabel throws to go on otherwise: a new plan, the end of an action, a question to a person. */
final class Signals {

    private static final PublicMethods EMBABEL = new PublicMethods(Signals.class, "Embabel");
    private static final @Nullable Class<?> SIGNAL =
            EMBABEL.optional("com.embabel.agent.api.tool.ToolControlFlowSignal");
    // No signals before 0.3.4 and 0.3.5.
    private static final @Nullable Class<?> REPLAN =
            EMBABEL.optional("com.embabel.agent.core.ReplanRequestedException");
    private static final @Nullable Class<?> QUESTION =
            EMBABEL.optional("com.embabel.agent.core.hitl.AwaitableResponseException");

    private Signals() {}

    /** {@code null} when nothing has failed. */
    static @Nullable Throwable failure(@Nullable Throwable thrown) {
        return is(SIGNAL, thrown) || is(REPLAN, thrown) || is(QUESTION, thrown) ? null : thrown;
    }

    private static boolean is(@Nullable Class<?> type, @Nullable Throwable thrown) {
        return type != null && type.isInstance(thrown);
    }
}
