package dev.weir.instrumentation.stainless;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.weir.bootstrap.GenAiFacts;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One call of a model. */
final class ModelFacts extends GenAiFacts {

    private final String provider;
    private final Object params;
    private final Wire wire;
    private final boolean embeds;
    private final Answer answer = new Answer();
    private volatile @Nullable Object whole;
    private boolean read;

    /**
     * @param instrumentation the adapter's name
     * @param params of the SDK's method
     */
    ModelFacts(String instrumentation, String provider, Object params, JsonMapper mapper) {
        this(instrumentation, provider, params, new Wire(mapper));
    }

    private ModelFacts(String instrumentation, String provider, Object params, Wire wire) {
        super(Kind.MODEL, instrumentation, model(params, wire));
        this.provider = provider;
        this.params = params;
        this.wire = wire;
        this.embeds = params.getClass().getSimpleName().startsWith("Embedding");
    }

    private static String model(Object params, Wire wire) {
        String model = Wire.said(wire.field(params, "model"));
        return model == null ? "" : model;
    }

    /** The model has answered, in one piece. */
    void answered(Object response) {
        whole = response;
    }

    /** The model has said a part of its answer. */
    void heard(Object piece) {
        answer.add(wire.tree(piece));
    }

    private Answer answer() {
        Object response = whole;
        synchronized (this) {
            if (response == null || read) return answer;
            read = true;
        }
        // Vectors are long, and nobody asks for them.
        if (embeds) answer.embedding(wire.field(response, "model"), wire.field(response, "usage"));
        else answer.add(wire.tree(response));
        return answer;
    }

    @Override
    public String operation() {
        return embeds ? "embeddings" : super.operation();
    }

    @Override
    public String provider() {
        return provider;
    }

    /** The question, where a person asked it. What follows from it, such as results of tools, differs from try to try. */
    @Override
    public Object @Nullable [] arguments() {
        JsonNode messages = messages();
        if (messages.isTextual()) return new Object[] {messages.textValue()};
        JsonNode last = messages.path(messages.size() - 1);
        return last.path("role").asText().equals("user") ? new Object[] {Wire.text(last.path("content"))} : null;
    }

    /** A list of messages, or one text. */
    private JsonNode messages() {
        JsonNode messages = wire.field(params, "messages");
        return messages.isMissingNode() ? wire.field(params, "input") : messages;
    }

    @Override
    public @Nullable String responseModel() {
        return answer().model();
    }

    @Override
    public @Nullable String responseId() {
        return answer().id();
    }

    @Override
    public @Nullable String finishReason() {
        return answer().finishReason();
    }

    @Override
    public long inputTokens() {
        return answer().inputTokens();
    }

    @Override
    public long outputTokens() {
        return answer().outputTokens();
    }

    @Override
    public Message @Nullable [] input() {
        if (embeds) return null;
        List<Message> said = new ArrayList<>();
        String system = Wire.text(wire.field(params, "system"));
        if (system.isEmpty()) system = Wire.text(wire.field(params, "instructions"));
        if (!system.isEmpty()) said.add(new Message("system", system));
        JsonNode messages = messages();
        if (messages.isTextual()) said.add(new Message("user", messages.textValue()));
        for (JsonNode message : messages) {
            String role = message.path("role").asText();
            if (!role.isEmpty()) said.add(new Message(role, Wire.text(message.path("content"))));
        }
        return said.toArray(new Message[0]);
    }

    @Override
    public Message @Nullable [] output() {
        String text = answer().text();
        return text == null ? null : new Message[] {new Message("assistant", text)};
    }
}
