package dev.weir.instrumentation.embabel;

import dev.weir.instrumentation.shared.PublicMethods;
import java.lang.invoke.MethodHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is asked of Embabel's processes and actions, and of what is on their blackboard. */
final class Processes {

    private static final PublicMethods EMBABEL = new PublicMethods(Processes.class, "Embabel");
    private static final String AGENT = "com.embabel.agent.";
    private static final Class<?> PROCESS = EMBABEL.type(AGENT + "core.AgentProcess");
    private static final Class<?> USER_INPUT = EMBABEL.type(AGENT + "domain.io.UserInput");
    private static final Class<?> CONTENT = EMBABEL.type(AGENT + "domain.library.HasContent");
    private static final Class<?> CONVERSATION = EMBABEL.type("com.embabel.chat.Conversation");

    private static final MethodHandle ID = EMBABEL.path(String.class, PROCESS, "getId");
    private static final MethodHandle PARENT = EMBABEL.path(String.class, PROCESS, "getParentId");
    private static final MethodHandle NAME = EMBABEL.path(String.class, PROCESS, "getAgent", "getName");
    private static final MethodHandle STATUS = EMBABEL.path(Enum.class, PROCESS, "getStatus");
    private static final MethodHandle OBJECTS = EMBABEL.path(List.class, PROCESS, "getBlackboard", "getObjects");
    private static final MethodHandle TEXT = EMBABEL.path(String.class, CONTENT, "getContent");
    private static final MethodHandle CONVERSATION_ID = EMBABEL.path(String.class, CONVERSATION, "getId");
    private static final MethodHandle ACTION =
            EMBABEL.path(String.class, EMBABEL.type(AGENT + "core.Action"), "getName");
    private static final MethodHandle OUTCOME =
            EMBABEL.path(Enum.class, EMBABEL.type(AGENT + "core.ActionStatus"), "getStatus");

    private Processes() {}

    static String id(Object process) throws Throwable {
        return (String) ID.invokeExact(process);
    }

    /** {@code null} when no other process has made this one. */
    static @Nullable String parent(Object process) throws Throwable {
        return (String) PARENT.invokeExact(process);
    }

    static String agent(Object process) throws Throwable {
        return (String) NAME.invokeExact(process);
    }

    /** As {@code RUNNING} or {@code COMPLETED}. */
    static String status(Object process) throws Throwable {
        return ((Enum<?>) STATUS.invokeExact(process)).name();
    }

    /** All that is on the process's blackboard, in the order in which it came there. */
    static List<?> objects(Object process) throws Throwable {
        return (List<?>) OBJECTS.invokeExact(process);
    }

    /** What a user has said; {@code null} when it is something else. */
    static @Nullable String saidByUser(Object object) throws Throwable {
        return USER_INPUT.isInstance(object) ? (String) TEXT.invokeExact(object) : null;
    }

    /** The text that it is or has; {@code null} when there is none. */
    static @Nullable String text(Object object) throws Throwable {
        if (object instanceof String text) return text;
        return CONTENT.isInstance(object) ? (String) TEXT.invokeExact(object) : null;
    }

    /** The id of a conversation; {@code null} when it is something else. */
    static @Nullable String conversation(Object object) throws Throwable {
        return CONVERSATION.isInstance(object) ? (String) CONVERSATION_ID.invokeExact(object) : null;
    }

    /** An action's name, with the name of its class in front. */
    static String action(Object action) throws Throwable {
        return (String) ACTION.invokeExact(action);
    }

    /** What became of an action, as {@code SUCCEEDED} or {@code FAILED}. */
    static String outcome(Object actionStatus) throws Throwable {
        return ((Enum<?>) OUTCOME.invokeExact(actionStatus)).name();
    }
}
