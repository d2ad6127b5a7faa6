package dev.weir.bootstrap;

import org.jspecify.annotations.Nullable;

/**
 * What an adapter of an agent runtime knows of an agent's run, a model call, a tool call or an access to an agent's memory.
 *
 * <p>In the words of OpenTelemetry's conventions for GenAI. What is asked for here is read when the scope ends, and may be
 * known only then. Texts that people and models have written are asked for only where the settings want content.
 */
public abstract class GenAiFacts extends ScopeFacts {

    /** What somebody said to a model, or a model to somebody. */
    public static final class Message {

        /** {@code system}, {@code user}, {@code assistant} or {@code tool}. */
        public final String role;

        /** What was said. */
        public final String text;

        /** @param role {@code system}, {@code user}, {@code assistant} or {@code tool} */
        public Message(String role, String text) {
            this.role = role;
            this.text = text;
        }
    }

    private volatile long firstChunkNanos;

    /** @param name of the agent, the requested model, the tool, the memory */
    protected GenAiFacts(Kind kind, String instrumentation, String name) {
        super(kind, instrumentation, name);
    }

    /** What is done, such as {@code chat} or {@code embeddings}: {@code gen_ai.operation.name}. */
    public String operation() {
        // A switch over an enum would be another class to put on the boot loader.
        if (kind() == Kind.RUN) return "invoke_agent";
        if (kind() == Kind.TOOL) return "execute_tool";
        return kind() == Kind.MEMORY ? "search_memory" : "chat";
    }

    /** Whose model it is, such as {@code openai}: {@code gen_ai.provider.name}. */
    public @Nullable String provider() {
        return null;
    }

    /** The model that answered. */
    public @Nullable String responseModel() {
        return null;
    }

    /** The answer's id. */
    public @Nullable String responseId() {
        return null;
    }

    /** Why the model stopped, such as {@code stop} or {@code tool_calls}. */
    public @Nullable String finishReason() {
        return null;
    }

    /** Tokens that the model read; -1 when nobody says. */
    public long inputTokens() {
        return -1;
    }

    /** Tokens that the model wrote; -1 when nobody says. */
    public long outputTokens() {
        return -1;
    }

    /** What the model calls this call of a tool. */
    public @Nullable String toolCallId() {
        return null;
    }

    /** The conversation, session or memory that this is part of. */
    public @Nullable String conversation() {
        return null;
    }

    /** Content: what the model was told. */
    public Message @Nullable [] input() {
        return null;
    }

    /** Content: what the model said. */
    public Message @Nullable [] output() {
        return null;
    }

    /**
     * What a tool is called with, as JSON: part of the operation's identity, whatever the order of its members. It is
     * content too.
     */
    public @Nullable String toolArguments() {
        return null;
    }

    /** Content: what a tool answered. */
    public @Nullable String toolResult() {
        return null;
    }

    /** The first piece of a streamed answer has come. Later pieces may say so too. */
    public final void chunk() {
        if (firstChunkNanos == 0) firstChunkNanos = System.nanoTime();
    }

    /** When the first piece of a streamed answer came, on the clock of {@link System#nanoTime}; 0 when none did. */
    public final long firstChunkNanos() {
        return firstChunkNanos;
    }
}
