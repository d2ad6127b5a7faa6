package dev.weir.instrumentation.springai;

import dev.weir.instrumentation.testing.OpenAiServer;
import java.lang.reflect.Method;
import java.util.Map;
import org.springframework.ai.chat.model.ChatModel;

/** Spring AI's model of OpenAI, which Spring AI 1 and 2 are asked for in different ways. */
final class OpenAiModels {

    private static final String OPENAI = "org.springframework.ai.openai.";

    private OpenAiModels() {}

    static ChatModel at(OpenAiServer server) throws ReflectiveOperationException {
        Class<?> model = Class.forName(OPENAI + "OpenAiChatModel");
        Class<?> options = Class.forName(OPENAI + "OpenAiChatOptions");
        Class<?> api;
        try {
            api = Class.forName(OPENAI + "api.OpenAiApi");
        } catch (ClassNotFoundException two) {
            Object asked = built(options, Map.of("baseUrl", server.url(), "apiKey", "none", "model", "gpt-x"));
            return (ChatModel) built(model, Map.of("options", asked));
        }
        String root = server.url().replaceFirst("/v1$", "");
        Object client = built(api, Map.of("baseUrl", root, "apiKey", "none"));
        Object asked = built(options, Map.of("model", "gpt-x", "streamUsage", true));
        return (ChatModel) built(model, Map.of("openAiApi", client, "defaultOptions", asked));
    }

    /** What the type's builder builds with these values. */
    private static Object built(Class<?> type, Map<String, Object> values) throws ReflectiveOperationException {
        Object builder = type.getMethod("builder").invoke(null);
        for (Map.Entry<String, Object> value : values.entrySet()) {
            setter(builder, value.getKey(), value.getValue()).invoke(builder, value.getValue());
        }
        return method(builder.getClass(), "build").invoke(builder);
    }

    private static Method method(Class<?> type, String name) throws ReflectiveOperationException {
        Method method = type.getMethod(name);
        method.setAccessible(true);
        return method;
    }

    private static Method setter(Object builder, String name, Object value) throws ReflectiveOperationException {
        for (Method method : builder.getClass().getMethods()) {
            if (!method.getName().equals(name) || method.getParameterCount() != 1) continue;
            Class<?> parameter = method.getParameterTypes()[0];
            boolean fits = parameter.isInstance(value) || parameter == boolean.class && value instanceof Boolean;
            if (!fits) continue;
            method.setAccessible(true);
            return method;
        }
        throw new NoSuchMethodException(builder.getClass() + "." + name);
    }
}
