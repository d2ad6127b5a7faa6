package dev.weir.instrumentation.embabel;

import dev.weir.instrumentation.shared.PublicMethods;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/** What is asked of Embabel's own tools, which it has since 0.3.3. */
final class Tools {

    private static final PublicMethods EMBABEL = new PublicMethods(Tools.class, "Embabel");
    private static final Class<?> CALL = EMBABEL.type("com.embabel.chat.ToolCall");
    private static final Class<?> TOOL = EMBABEL.type("com.embabel.agent.api.tool.Tool");
    private static final Class<?> ERROR = EMBABEL.type(TOOL.getName() + "$Result$Error");
    private static final Class<?> PAIR = EMBABEL.type("kotlin.Pair");

    private static final MethodHandle ID = EMBABEL.path(String.class, CALL, "getId");
    private static final MethodHandle NAME = EMBABEL.path(String.class, CALL, "getName");
    private static final MethodHandle ARGUMENTS = EMBABEL.path(String.class, CALL, "getArguments");
    private static final MethodHandle TOOL_NAME = EMBABEL.path(String.class, TOOL, "getDefinition", "getName");
    private static final MethodHandle CAUSE = EMBABEL.path(Throwable.class, ERROR, "getCause");
    private static final MethodHandle SECOND = EMBABEL.path(Object.class, PAIR, "getSecond");

    private Tools() {}

    static @Nullable String id(Object toolCall) throws Throwable {
        return (String) ID.invokeExact(toolCall);
    }

    /** The name of the tool that is to be called. */
    static String name(Object toolCall) throws Throwable {
        return (String) NAME.invokeExact(toolCall);
    }

    static @Nullable String arguments(Object toolCall) throws Throwable {
        return (String) ARGUMENTS.invokeExact(toolCall);
    }

    /** What a tool calls itself. */
    static String nameOf(Object tool) throws Throwable {
        return (String) TOOL_NAME.invokeExact(tool);
    }

    /** Whether it is the answer of a tool that has failed. */
    static boolean isError(@Nullable Object result) {
        return ERROR.isInstance(result);
    }

    /** Why a tool has failed; {@code null} when nobody says. */
    static @Nullable Throwable cause(Object error) throws Throwable {
        return (Throwable) CAUSE.invokeExact(error);
    }

    /** What a tool loop tells the model, which is a text, or stands beside the result. */
    static @Nullable String told(@Nullable Object answer) throws Throwable {
        Object text = PAIR.isInstance(answer) ? (Object) SECOND.invokeExact(answer) : answer;
        return text instanceof String string ? string : null;
    }
}
