package dev.weir.instrumentation.koog;

import ai.koog.prompt.Prompt;
import ai.koog.prompt.llm.LLMProvider;
import ai.koog.prompt.message.Message;
import ai.koog.prompt.message.MessagePart;
import dev.weir.bootstrap.GenAiFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What people, models and tools have said, and whose models they are. */
final class Contents {

    private Contents() {}

    /** By the name that the GenAI conventions have for it, or Koog's own. */
    static String provider(LLMProvider provider) {
        String id = provider.getId();
        return switch (id) {
            case "azure" -> "azure.ai.openai";
            case "bedrock" -> "aws.bedrock";
            case "google" -> "gcp.gemini";
            case "mistralai" -> "mistral_ai";
            case "vertex" -> "gcp.vertex_ai";
            default -> id;
        };
    }

    /** The text of all parts; {@code null} when there is none. */
    static @Nullable String text(List<? extends MessagePart> parts) {
        StringBuilder text = new StringBuilder();
        for (MessagePart part : parts) {
            if (part instanceof MessagePart.Text piece) text.append(piece.getText());
        }
        return text.isEmpty() ? null : text.toString();
    }

    /** What a user said last: not the answers of tools, which have the same role. */
    static @Nullable String lastOfUser(Prompt prompt) {
        List<Message> messages = prompt.getMessages();
        for (int i = messages.size() - 1; i >= 0; i--) {
            Message message = messages.get(i);
            String text = message instanceof Message.User ? text(message.getParts()) : null;
            if (text != null) return text;
        }
        return null;
    }

    static GenAiFacts.Message[] messages(Prompt prompt) {
        List<GenAiFacts.Message> messages = new ArrayList<>();
        for (Message message : prompt.getMessages()) {
            for (MessagePart part : message.getParts()) {
                if (!(part instanceof MessagePart.Tool.Result answer)) continue;
                messages.add(new GenAiFacts.Message("tool", answer.getOutput()));
            }
            String text = text(message.getParts());
            String role = message.getRole().name().toLowerCase(Locale.ROOT);
            if (text != null) messages.add(new GenAiFacts.Message(role, text));
        }
        return messages.toArray(new GenAiFacts.Message[0]);
    }

    static GenAiFacts.Message[] said(String text) {
        return new GenAiFacts.Message[] {new GenAiFacts.Message("assistant", text)};
    }
}
