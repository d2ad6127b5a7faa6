package dev.weir.instrumentation.koog;

import ai.koog.prompt.Prompt;
import ai.koog.prompt.llm.LLModel;
import dev.weir.instrumentation.shared.RetryLoop;

/** A streamed call of a model that a client makes again until the first piece comes. Inside of it each is a try. */
final class RetriedCall extends ModelCall {

    final RetryLoop tries = new RetryLoop(KoogInstrumentation.NAME, "koog");

    RetriedCall(Prompt prompt, LLModel model) {
        super(prompt, model);
    }

    // It may be the inner half of its executor's call.
    @Override
    protected boolean isAlwaysKnown() {
        return true;
    }
}
