package dev.weir.agent.export;

import com.google.gson.stream.JsonWriter;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.GenAiFacts;
import java.io.IOException;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;

/** Writes the attributes of a run, a model call, a tool call or an access to memory. */
final class GenAiAttributes {

    private static final String AGENT_RUNS = "invoke_agent";
    private static final double NANOS = 1e9;
    private static final int LONGEST_CONTENT = 32_768;
    private static final int LONGEST_MESSAGE = 4_096;

    private final AttributeTarget to;
    private final Redaction redaction;

    GenAiAttributes(AttributeTarget to, Redaction redaction) {
        this.to = to;
        this.redaction = redaction;
    }

    void write(SpanRecord record, GenAiRecord ai) {
        to.text(Attributes.GEN_AI_OPERATION, ai.operation);
        if (!record.target.isEmpty()) name(record, ai.operation);
        text(Attributes.GEN_AI_PROVIDER, ai.provider);
        text(Attributes.GEN_AI_RESPONSE_MODEL, ai.responseModel);
        text(Attributes.GEN_AI_RESPONSE_ID, ai.responseId);
        if (ai.finishReason != null) to.list(Attributes.GEN_AI_FINISH_REASONS, ai.finishReason);
        if (ai.inputTokens >= 0) to.number(Attributes.GEN_AI_INPUT_TOKENS, ai.inputTokens);
        if (ai.outputTokens >= 0) to.number(Attributes.GEN_AI_OUTPUT_TOKENS, ai.outputTokens);
        if (ai.firstChunkNanos != 0) {
            to.decimal(Attributes.GEN_AI_FIRST_CHUNK, (ai.firstChunkNanos - record.startNanos) / NANOS);
        }
        text(Attributes.GEN_AI_TOOL_CALL, ai.toolCallId);
        if (record.rare().session == null) text(Attributes.GEN_AI_CONVERSATION, ai.conversation);
        content(Attributes.GEN_AI_INPUT, ai.input);
        content(Attributes.GEN_AI_OUTPUT, ai.output);
        if (ai.toolArguments != null) to.text(Attributes.GEN_AI_TOOL_ARGUMENTS, redaction.of(ai.toolArguments));
        if (ai.toolResult != null) to.text(Attributes.GEN_AI_TOOL_RESULT, redaction.of(ai.toolResult));
    }

    /** Scopes that an application declares have a name and nothing else. */
    void writeDeclared(SpanRecord record) {
        if (record.kind == CallFacts.Kind.RETRY) return;
        String operation = record.kind == CallFacts.Kind.TOOL ? "execute_tool" : AGENT_RUNS;
        to.text(Attributes.GEN_AI_OPERATION, operation);
        name(record, operation);
    }

    private void name(SpanRecord record, String operation) {
        switch (record.kind) {
            case TOOL -> to.text(Attributes.GEN_AI_TOOL, record.target);
            case MODEL -> to.text(Attributes.GEN_AI_MODEL, record.target);
            case MEMORY -> to.text(Attributes.GEN_AI_MEMORY, record.target);
            default -> {
                // A step of an agent's plan is a run too, and no agent.
                if (operation.equals(AGENT_RUNS)) to.text(Attributes.GEN_AI_AGENT, record.target);
            }
        }
    }

    private void text(String name, @Nullable String value) {
        if (value != null) to.text(name, value);
    }

    private void content(String name, GenAiFacts.Message @Nullable [] messages) {
        if (messages == null || messages.length == 0) return;
        StringWriter text = new StringWriter();
        try (JsonWriter json = new JsonWriter(text)) {
            json.setHtmlSafe(false);
            json.beginArray();
            for (GenAiFacts.Message message : messages) {
                // What is cut shall still be JSON.
                if (text.getBuffer().length() > LONGEST_CONTENT) break;
                json.beginObject()
                        .name("role")
                        .value(message.role)
                        .name("parts")
                        .beginArray();
                json.beginObject().name("type").value("text");
                json.name("content").value(cut(redaction.of(message.text))).endObject();
                json.endArray().endObject();
            }
            json.endArray();
        } catch (IOException e) {
            throw new IllegalStateException("a text in memory cannot be written", e);
        }
        to.whole(name, text.getBuffer());
    }

    private static String cut(String text) {
        return text.length() <= LONGEST_MESSAGE ? text : text.substring(0, LONGEST_MESSAGE);
    }
}
