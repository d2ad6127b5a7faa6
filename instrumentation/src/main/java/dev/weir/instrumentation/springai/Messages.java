package dev.weir.instrumentation.springai;

import dev.weir.bootstrap.GenAiFacts;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;

/** What a model is told. */
final class Messages {

    private Messages() {}

    /** What a user said last. */
    static @Nullable String lastOfUser(List<Message> messages) {
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.get(i) instanceof UserMessage user) return user.getText();
        }
        return null;
    }

    static GenAiFacts.Message[] of(List<Message> messages) {
        List<GenAiFacts.Message> texts = new ArrayList<>();
        for (Message message : messages) {
            String role = message.getMessageType().getValue();
            if (message instanceof ToolResponseMessage tools) {
                for (ToolResponseMessage.ToolResponse response : tools.getResponses()) {
                    add(texts, role, response.responseData());
                }
            } else {
                add(texts, role, message.getText());
            }
        }
        return texts.toArray(new GenAiFacts.Message[0]);
    }

    private static void add(List<GenAiFacts.Message> to, String role, @Nullable String text) {
        if (text != null && !text.isEmpty()) to.add(new GenAiFacts.Message(role, text));
    }
}
