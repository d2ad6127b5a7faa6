package dev.weir.instrumentation.stainless;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * Objects of the SDKs as they stand on the wire. There all versions of them say the same, and so do those of an API's beta;
 * their classes differ.
 */
final class Wire {

    private final JsonMapper mapper;

    Wire(JsonMapper mapper) {
        this.mapper = mapper;
    }

    /** The whole object; missing when it cannot be written, because somebody has put into it what is not JSON. */
    JsonNode tree(@Nullable Object object) {
        try {
            JsonNode tree = object == null ? null : mapper.valueToTree(object);
            return tree == null ? MissingNode.getInstance() : tree;
        } catch (IllegalArgumentException odd) {
            return MissingNode.getInstance();
        }
    }

    /** What the object calls by this name, which it has as it came or was set; missing when it has none. */
    JsonNode field(Object object, String name) {
        try {
            Method method = object.getClass().getMethod("_" + name);
            return tree(method.invoke(object));
        } catch (ReflectiveOperationException unknown) {
            return MissingNode.getInstance();
        }
    }

    /** The text in a content, which is one, or a list of parts. */
    static String text(JsonNode content) {
        if (content.isTextual()) return content.textValue();
        StringBuilder text = new StringBuilder();
        for (JsonNode part : content) {
            JsonNode said = part.isTextual() ? part : part.path("text");
            if (!said.isTextual()) continue;
            if (text.length() > 0) text.append('\n');
            text.append(said.textValue());
        }
        return text.toString();
    }

    /** The text; {@code null} when there is none. */
    static @Nullable String said(JsonNode node) {
        return node.isTextual() && !node.textValue().isEmpty() ? node.textValue() : null;
    }
}
