package org.example.springai;

import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;

/** An application's own model, in a package that is woven. Of whom it is made, its text must not be asked. */
public final class DecoratedModel implements ChatModel {

    private final ChatModel model;

    public DecoratedModel(ChatModel model) {
        this.model = model;
    }

    @Override
    public ChatResponse call(Prompt prompt) {
        return model.call(prompt);
    }

    @Override
    @SuppressWarnings("removal")
    public ChatOptions getDefaultOptions() {
        return model.getDefaultOptions();
    }

    @Override
    public ChatOptions getOptions() {
        return model.getOptions();
    }

    @Override
    public String toString() {
        return "decorated " + this;
    }
}
