package dev.weir.agent.export;

import dev.weir.bootstrap.GenAiFacts;
import org.jspecify.annotations.Nullable;

/** What is left of a run, a model call, a tool call or an access to memory, besides what every record has. */
public final class GenAiRecord {

    public String operation = "";
    public @Nullable String provider;
    public @Nullable String responseModel;
    public @Nullable String responseId;
    public @Nullable String finishReason;
    /** -1 when nobody says. */
    public long inputTokens = -1;
    /** -1 when nobody says. */
    public long outputTokens = -1;

    public @Nullable String toolCallId;
    public @Nullable String conversation;
    /** On the clock of {@link System#nanoTime}; 0 when the answer was not streamed. */
    public long firstChunkNanos;

    /** Content, and so are all that follow: {@code null} unless the settings want it. */
    public GenAiFacts.Message @Nullable [] input;

    public GenAiFacts.Message @Nullable [] output;
    public @Nullable String toolArguments;
    public @Nullable String toolResult;
}
