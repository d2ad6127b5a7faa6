package dev.weir.runtimes.harness;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weir.incidents.harness.FaultServer;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A model behind OpenAI's chat-completions format, whole or streamed. What it says is up to the test. */
public final class OpenAiModel implements AutoCloseable {

    /** What the model says. */
    public sealed interface Turn {
        /** An answer. */
        static Turn text(String text) {
            return new Text(text);
        }

        /** It wants tools to be called. */
        static Turn tools(ToolCall... calls) {
            return new Tools(List.of(calls));
        }

        /** The endpoint answers with an error. */
        static Turn failed(int status) {
            return new Failed(status);
        }

        /** The endpoint reads the request and drops the connection. */
        static Turn dropped() {
            return new Dropped();
        }
    }

    private record Text(String text) implements Turn {}

    private record Tools(List<ToolCall> calls) implements Turn {}

    private record Failed(int status) implements Turn {}

    private record Dropped() implements Turn {}

    /** A call of a tool that the model wants; {@code arguments} are sent as they are, be they JSON or not. */
    public record ToolCall(String id, String name, String arguments) {}

    /** What a model is asked. */
    public record Question(List<JsonObject> messages, int number) {

        /** The last thing that a user, or a tool, told it. */
        public String last() {
            return text(messages.get(messages.size() - 1));
        }

        /** What the first message of this role says; empty when there is none. */
        public String first(String role) {
            return messages.stream()
                    .filter(message -> role.equals(message.get("role").getAsString()))
                    .findFirst()
                    .map(Question::text)
                    .orElse("");
        }

        /** How many results of tools it has been told since somebody last asked something. */
        public int results() {
            int count = 0;
            for (int i = messages.size() - 1; i >= 0; i--) {
                String role = messages.get(i).get("role").getAsString();
                if (role.equals("user")) break;
                if (role.equals("tool")) count++;
            }
            return count;
        }

        private static String text(JsonObject message) {
            JsonElement content = message.get("content");
            if (content == null || content.isJsonNull()) return "";
            return content.isJsonPrimitive() ? content.getAsString() : content.toString();
        }
    }

    /** What makes up the answers. */
    public interface Mind {
        /** Called once for each request. */
        Turn answer(Question question);
    }

    private final FaultServer server;

    private OpenAiModel(FaultServer server) {
        this.server = server;
    }

    /** Starts it on an ephemeral loopback port. */
    public static OpenAiModel start(Mind mind) throws IOException {
        Numbers numbers = new Numbers();
        return new OpenAiModel(FaultServer.start(request -> reply(request, mind, numbers)));
    }

    /** Requests may come at the same time. */
    private static final class Numbers {
        private int last;

        synchronized int next() {
            return ++last;
        }
    }

    /** What SDKs call the base URL. */
    public String url() {
        return server.url("/v1");
    }

    /** Everything that it was sent. */
    public List<FaultServer.Request> requests() {
        return server.requests();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private static FaultServer.Reply reply(FaultServer.Request request, Mind mind, Numbers numbers) {
        JsonObject asked = JsonParser.parseString(request.body()).getAsJsonObject();
        List<JsonObject> messages = asked.getAsJsonArray("messages").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .toList();
        int number = numbers.next();
        Turn turn = mind.answer(new Question(messages, number));
        if (turn instanceof Dropped) return FaultServer.Reply.drop();
        if (turn instanceof Failed failed) {
            return FaultServer.Reply.of(failed.status, "{\"error\":{\"message\":\"by the test\"}}")
                    .with("Content-Type", "application/json");
        }
        boolean streamed = asked.has("stream") && asked.get("stream").getAsBoolean();
        String model = asked.get("model").getAsString();
        return streamed
                ? FaultServer.Reply.of(200, streamed(turn, model, number)).with("Content-Type", "text/event-stream")
                : FaultServer.Reply.of(200, whole(turn, model, number).toString())
                        .with("Content-Type", "application/json");
    }

    private static JsonObject whole(Turn turn, String model, int number) {
        JsonObject completion = completion("chat.completion", model, number);
        completion.getAsJsonArray("choices").add(choice("message", message(turn, false), finish(turn)));
        completion.add("usage", usage());
        return completion;
    }

    private static String streamed(Turn turn, String model, int number) {
        StringBuilder events = new StringBuilder();
        if (turn instanceof Text text) {
            for (String word : text.text.split("(?<= )")) {
                event(events, model, number, message(Turn.text(word), true), null, null);
            }
        } else {
            event(events, model, number, message(turn, true), null, null);
        }
        event(events, model, number, new JsonObject(), finish(turn), null);
        event(events, model, number, null, null, usage());
        return events.append("data: [DONE]\n\n").toString();
    }

    private static void event(
            StringBuilder to,
            String model,
            int number,
            @Nullable JsonObject delta,
            @Nullable String finish,
            @Nullable JsonObject usage) {
        JsonObject chunk = completion("chat.completion.chunk", model, number);
        if (delta != null) chunk.getAsJsonArray("choices").add(choice("delta", delta, finish));
        if (usage != null) chunk.add("usage", usage);
        to.append("data: ").append(chunk).append("\n\n");
    }

    private static JsonObject completion(String object, String model, int number) {
        JsonObject completion = new JsonObject();
        completion.addProperty("id", "chatcmpl-" + number);
        completion.addProperty("object", object);
        completion.addProperty("created", 1_790_000_000 + number);
        completion.addProperty("model", model + "-2026-11-01");
        completion.add("choices", new JsonArray());
        return completion;
    }

    private static JsonObject choice(String name, JsonObject content, @Nullable String finish) {
        JsonObject choice = new JsonObject();
        choice.addProperty("index", 0);
        choice.add(name, content);
        choice.addProperty("finish_reason", finish);
        return choice;
    }

    private static JsonObject message(Turn turn, boolean piece) {
        JsonObject message = new JsonObject();
        message.addProperty("role", "assistant");
        message.addProperty("content", turn instanceof Text text ? text.text : null);
        if (turn instanceof Tools tools) {
            JsonArray calls = new JsonArray();
            for (ToolCall call : tools.calls) {
                JsonObject function = new JsonObject();
                function.addProperty("name", call.name);
                function.addProperty("arguments", call.arguments);
                JsonObject asked = new JsonObject();
                if (piece) asked.addProperty("index", calls.size());
                asked.addProperty("id", call.id);
                asked.addProperty("type", "function");
                asked.add("function", function);
                calls.add(asked);
            }
            message.add("tool_calls", calls);
        }
        return message;
    }

    private static String finish(Turn turn) {
        return turn instanceof Tools ? "tool_calls" : "stop";
    }

    private static JsonObject usage() {
        JsonObject usage = new JsonObject();
        usage.addProperty("prompt_tokens", 11);
        usage.addProperty("completion_tokens", 7);
        usage.addProperty("total_tokens", 18);
        return usage;
    }
}
