package dev.weir.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Speaks the OpenAI chat-completions format and plays a model: next tool call, or an answer made of the tools' results. */
final class ModelServer implements AutoCloseable {
    private static final Pattern BUY = Pattern.compile("Buy (\\d+) (\\w+?)s?, order (\\d+)\\.");
    private static final Pattern REFUND = Pattern.compile("Refund order (\\d+)\\.");
    private static final int PRICE_IN_CENTS = 5900;

    private final ObjectMapper json = new ObjectMapper();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;

    ModelServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/chat/completions", this::complete);
        server.setExecutor(threads);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private record ToolCall(String name, ObjectNode arguments) {}

    private void complete(HttpExchange exchange) throws IOException {
        try (exchange) {
            JsonNode request = json.readTree(exchange.getRequestBody());
            ObjectNode message = next(request);
            int status = message == null ? 400 : 200;
            byte[] body = json.writeValueAsBytes(
                    message == null
                            ? json.createObjectNode().put("error", "this model knows only the demo's two requests")
                            : completion(request, message));
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private @Nullable ObjectNode next(JsonNode request) {
        String customer = "";
        List<String> results = new ArrayList<>();
        for (JsonNode message : request.path("messages")) {
            switch (message.path("role").asText()) {
                case "user" -> customer = message.path("content").asText();
                case "tool" -> results.add(message.path("content").asText());
                default -> {}
            }
        }
        List<ToolCall> plan = plan(customer);
        if (plan.isEmpty()) {
            return null;
        }
        if (results.size() == plan.size()) {
            return json.createObjectNode()
                    .put("role", "assistant")
                    .put("content", "This is what came of it: " + String.join("; ", results) + ".");
        }
        ToolCall call = plan.get(results.size());
        return offers(request, call.name()) ? asking(call) : null;
    }

    private List<ToolCall> plan(String customer) {
        Matcher buy = BUY.matcher(customer);
        if (buy.matches()) {
            int quantity = Integer.parseInt(buy.group(1));
            String order = buy.group(3);
            return List.of(
                    new ToolCall(
                            "reserveStock",
                            order(order).put("article", buy.group(2)).put("quantity", quantity)),
                    new ToolCall("chargeCard", order(order).put("cents", quantity * PRICE_IN_CENTS)),
                    new ToolCall("writeReport", order(order)));
        }
        Matcher refund = REFUND.matcher(customer);
        if (refund.matches()) {
            return List.of(new ToolCall("refundCard", order(refund.group(1)).put("cents", PRICE_IN_CENTS)));
        }
        return List.of();
    }

    private ObjectNode order(String number) {
        return json.createObjectNode().put("order", number);
    }

    private static boolean offers(JsonNode request, String tool) {
        for (JsonNode offered : request.path("tools")) {
            if (offered.path("function").path("name").asText().equals(tool)) {
                return true;
            }
        }
        return false;
    }

    private ObjectNode asking(ToolCall call) {
        ObjectNode message = json.createObjectNode().put("role", "assistant").putNull("content");
        ObjectNode asked = message.putArray("tool_calls").addObject();
        // A new id each time, as real models do: it is no key to recognise a repeated call by.
        asked.put("id", "call_" + UUID.randomUUID()).put("type", "function");
        asked.putObject("function")
                .put("name", call.name())
                .put("arguments", call.arguments().toString());
        return message;
    }

    private ObjectNode completion(JsonNode request, ObjectNode message) {
        ObjectNode completion = json.createObjectNode()
                .put("id", "chatcmpl-" + UUID.randomUUID())
                .put("object", "chat.completion")
                .put("created", System.currentTimeMillis() / 1000)
                .put("model", request.path("model").asText());
        ArrayNode choices = completion.putArray("choices");
        choices.addObject()
                .put("index", 0)
                .put("finish_reason", message.has("tool_calls") ? "tool_calls" : "stop")
                .set("message", message);
        completion
                .putObject("usage")
                .put("prompt_tokens", 1)
                .put("completion_tokens", 1)
                .put("total_tokens", 2);
        return completion;
    }
}
