package dev.weir.runtimes.adk;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weir.incidents.harness.FaultServer;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A model behind the format of Google's Gemini API, whole or streamed. What it says is up to the test. */
final class GeminiModel implements AutoCloseable {

    /** What the model says: a text, or calls of tools that it wants; with another status than 200, neither. */
    record Turn(int status, @Nullable String text, List<ToolCall> calls) {

        static Turn text(String text) {
            return new Turn(200, text, List.of());
        }

        static Turn tools(ToolCall... calls) {
            return new Turn(200, null, List.of(calls));
        }

        static Turn failed(int status) {
            return new Turn(status, null, List.of());
        }
    }

    /** {@code arguments} are sent as they are; without an id the client makes one. */
    record ToolCall(@Nullable String id, String name, String arguments) {}

    /** What a model is asked, of how many answers of tools it is told, and the number of the request. */
    record Question(String instruction, int results, int number) {}

    private final FaultServer server;

    private GeminiModel(FaultServer server) {
        this.server = server;
    }

    static GeminiModel start(Function<Question, Turn> brain) throws IOException {
        AtomicInteger number = new AtomicInteger();
        return new GeminiModel(FaultServer.start(request -> {
            JsonObject asked = JsonParser.parseString(request.body()).getAsJsonObject();
            Turn turn = brain.apply(new Question(instruction(asked), results(asked), number.incrementAndGet()));
            if (turn.status != 200) return FaultServer.Reply.of(turn.status, "{}");
            return request.target().contains(":streamGenerateContent")
                    ? FaultServer.Reply.of(200, streamed(turn)).with("Content-Type", "text/event-stream")
                    : FaultServer.Reply.of(200, answer(parts(turn), true).toString())
                            .with("Content-Type", "application/json");
        }));
    }

    String url() {
        return server.url("");
    }

    List<FaultServer.Request> requests() {
        return server.requests();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private static String instruction(JsonObject asked) {
        StringBuilder text = new StringBuilder();
        JsonElement instruction = asked.get("systemInstruction");
        if (instruction == null) return "";
        for (JsonElement part : instruction.getAsJsonObject().getAsJsonArray("parts")) {
            JsonElement said = part.getAsJsonObject().get("text");
            if (said != null) text.append(said.getAsString());
        }
        return text.toString();
    }

    private static int results(JsonObject asked) {
        int results = 0;
        for (JsonElement content : asked.getAsJsonArray("contents")) {
            for (JsonElement part : content.getAsJsonObject().getAsJsonArray("parts")) {
                if (part.getAsJsonObject().has("functionResponse")) results++;
            }
        }
        return results;
    }

    private static String streamed(Turn turn) {
        StringBuilder events = new StringBuilder();
        if (turn.text == null) {
            event(events, answer(parts(turn), true));
        } else {
            String[] words = turn.text.split("(?<= )");
            for (int i = 0; i < words.length; i++) {
                event(events, answer(parts(Turn.text(words[i])), i == words.length - 1));
            }
        }
        return events.toString();
    }

    private static void event(StringBuilder to, JsonObject answer) {
        to.append("data: ").append(answer).append("\n\n");
    }

    private static JsonArray parts(Turn turn) {
        JsonArray parts = new JsonArray();
        if (turn.text != null) {
            JsonObject text = new JsonObject();
            text.addProperty("text", turn.text);
            parts.add(text);
        }
        for (ToolCall call : turn.calls) {
            JsonObject function = new JsonObject();
            if (call.id != null) function.addProperty("id", call.id);
            function.addProperty("name", call.name);
            function.add("args", JsonParser.parseString(call.arguments));
            JsonObject part = new JsonObject();
            part.add("functionCall", function);
            parts.add(part);
        }
        return parts;
    }

    private static JsonObject answer(JsonArray parts, boolean last) {
        JsonObject content = new JsonObject();
        content.addProperty("role", "model");
        content.add("parts", parts);
        JsonObject candidate = new JsonObject();
        candidate.add("content", content);
        if (last) candidate.addProperty("finishReason", "STOP");
        JsonArray candidates = new JsonArray();
        candidates.add(candidate);
        JsonObject usage = new JsonObject();
        usage.addProperty("promptTokenCount", 11);
        usage.addProperty("candidatesTokenCount", 7);
        usage.addProperty("totalTokenCount", 18);
        JsonObject answer = new JsonObject();
        answer.add("candidates", candidates);
        if (last) answer.add("usageMetadata", usage);
        answer.addProperty("modelVersion", "gemini-x-001");
        return answer;
    }
}
