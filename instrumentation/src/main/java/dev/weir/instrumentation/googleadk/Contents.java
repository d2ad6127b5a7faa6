package dev.weir.instrumentation.googleadk;

import com.google.genai.types.Content;
import com.google.genai.types.Part;
import dev.weir.bootstrap.GenAiFacts;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What people, models and tools have said. */
final class Contents {

    private Contents() {}

    /** The text of all parts; {@code null} when there is none. */
    static @Nullable String text(@Nullable Content content) {
        if (content == null) return null;
        StringBuilder text = new StringBuilder();
        for (Part part : content.parts().orElse(List.of()))
            text.append(part.text().orElse(""));
        return text.isEmpty() ? null : text.toString();
    }

    /** What a user said last: not the answers of tools, which have the same role. */
    static @Nullable String lastOfUser(List<Content> contents) {
        for (int i = contents.size() - 1; i >= 0; i--) {
            Content content = contents.get(i);
            String text = content.role().orElse("user").equals("user") ? text(content) : null;
            if (text != null) return text;
        }
        return null;
    }

    static GenAiFacts.Message @Nullable [] messages(List<Content> contents) {
        List<GenAiFacts.Message> messages = new ArrayList<>();
        for (Content content : contents) {
            String text = text(content);
            if (text != null) messages.add(new GenAiFacts.Message(role(content), text));
            for (Part part : content.parts().orElse(List.of())) {
                part.functionResponse()
                        .flatMap(response -> response.response())
                        .map(Json::of)
                        .ifPresent(answer -> messages.add(new GenAiFacts.Message("tool", answer)));
            }
        }
        return messages.toArray(new GenAiFacts.Message[0]);
    }

    private static String role(Content content) {
        String role = content.role().orElse("user");
        return role.equals("model") ? "assistant" : role;
    }

    static GenAiFacts.Message @Nullable [] said(@Nullable String text) {
        return text == null ? null : new GenAiFacts.Message[] {new GenAiFacts.Message("assistant", text)};
    }

    /** Whether it asks for tools to be called. */
    static boolean wantsTools(Content content) {
        for (Part part : content.parts().orElse(List.of())) {
            if (part.functionCall().isPresent()) return true;
        }
        return false;
    }
}
