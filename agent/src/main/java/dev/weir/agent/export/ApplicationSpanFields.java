package dev.weir.agent.export;

import dev.weir.agent.context.Hex;
import dev.weir.bootstrap.Hooks;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes what an application says of a span that it made itself. */
final class ApplicationSpanFields {

    /** Where spans of frameworks hold what people, models and tools said; a name, or what a name begins with. */
    private static final Set<String> CONTENT = Set.of(
            "gen_ai.input.messages",
            "gen_ai.output.messages",
            "gen_ai.system_instructions",
            "gen_ai.tool.call.arguments",
            "gen_ai.tool.call.result",
            "gen_ai.tool.definitions",
            "gcp.vertex.agent.llm_request",
            "gcp.vertex.agent.llm_response",
            "gcp.vertex.agent.tool_call_args",
            "gcp.vertex.agent.tool_response",
            "gcp.vertex.agent.data",
            "input.value",
            "output.value");

    private static final List<String> CONTENT_BEGINS = List.of(
            "gen_ai.prompt",
            "gen_ai.completion",
            "gen_ai.content",
            "gen_ai.event.content",
            "llm.prompts",
            "llm.completions",
            "llm.input_messages",
            "llm.output_messages");

    private static final int OK = 1;
    private static final int ATTRIBUTES_OF_EVENT = 3;
    private static final int ATTRIBUTES_OF_LINK = 4;

    private final EpochClock clock;
    private final ProtobufWriter out;
    private final AttributeWriter to;
    private final Redaction redaction;

    ApplicationSpanFields(EpochClock clock, ProtobufWriter out, AttributeWriter to, Redaction redaction) {
        this.clock = clock;
        this.out = out;
        this.to = to;
        this.redaction = redaction;
    }

    void attributes(SpanRecord record, Hooks.SpanData span) {
        write(AttributeWriter.OF_SPAN, span.attributes, record.rare().content);
        if (!span.scope.isEmpty()) to.text(Attributes.SCOPE_NAME, span.scope);
        to.text(Attributes.INSTRUMENTATION, record.instrumentation);
    }

    void events(SpanRecord record, Hooks.SpanData span) {
        for (Object[] told : span.events) {
            if (told[0] instanceof String name && told[1] instanceof Long nanos && told[2] instanceof Map<?, ?> more) {
                int event = out.begin(11);
                out.fixed64(1, clock.epochNanos(nanos));
                out.string(2, AttributeWriter.cut(name));
                // The conventions that came before put what was said into events.
                write(ATTRIBUTES_OF_EVENT, more, record.rare().content);
                out.end(event);
            }
        }
    }

    /** Spans that went well may say so. Source: {@code Status.StatusCode}. */
    void status(Hooks.SpanData span) {
        if (span.status != OK) return;
        int status = out.begin(15);
        out.varint(3, OK);
        out.end(status);
    }

    void links(Hooks.SpanData span) {
        for (Object[] told : span.links) {
            if (told[0] instanceof Hooks.SpanContext linked && told[1] instanceof Map<?, ?> more) {
                if (!Hex.is(linked.traceId, 0, 32) || !Hex.is(linked.spanId, 0, 16)) continue;
                int link = out.begin(13);
                out.id(1, Hex.read(linked.traceId, 0), Hex.read(linked.traceId, 16));
                out.id(2, Hex.read(linked.spanId, 0));
                write(ATTRIBUTES_OF_LINK, more, false);
                out.end(link);
            }
        }
    }

    private void write(int field, Map<?, ?> attributes, boolean content) {
        for (Map.Entry<?, ?> attribute : attributes.entrySet()) {
            if (!(attribute.getKey() instanceof String name)) continue;
            boolean isContent = isContent(name);
            if (isContent && !content) continue;
            Object value = attribute.getValue();
            if (isContent && value instanceof String text) to.text(field, name, redaction.of(text));
            else to.value(field, name, value);
        }
    }

    private static boolean isContent(String name) {
        if (CONTENT.contains(name)) return true;
        for (String begins : CONTENT_BEGINS) if (name.startsWith(begins)) return true;
        return false;
    }
}
