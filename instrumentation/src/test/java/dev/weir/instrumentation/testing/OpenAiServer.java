package dev.weir.instrumentation.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/** A model behind OpenAI's chat-completions format, whole or streamed, that says what a test tells it to say next. */
public final class OpenAiServer implements AutoCloseable {

    private static final Pattern STREAM = Pattern.compile("\"stream\"\\s*:\\s*true");

    /** What a request is answered with: a status, a message, why it ends, and when its second half may come. */
    private record Turn(int status, String message, String finish, CountDownLatch secondHalf) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<Turn> turns = new ConcurrentLinkedQueue<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    /** Starts it on an ephemeral loopback port. */
    public OpenAiServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/chat/completions", this::complete);
        server.createContext("/v1/embeddings", this::embed);
        server.setExecutor(threads);
        server.start();
    }

    /** What SDKs call the base URL. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    }

    /** The bodies that it was sent, as they came. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /** Next, it answers. The text must need no escapes in JSON. */
    public OpenAiServer says(String text) {
        turns.add(new Turn(200, "\"content\":\"" + text + "\"", "stop", new CountDownLatch(0)));
        return this;
    }

    /** Next, it answers; the second half of a streamed answer comes when the latch is open. */
    public OpenAiServer says(String text, CountDownLatch secondHalf) {
        turns.add(new Turn(200, "\"content\":\"" + text + "\"", "stop", secondHalf));
        return this;
    }

    /** Next, it wants tools to be called: an id, a name and arguments for each, one after the other. */
    public OpenAiServer calls(String... idsNamesAndArguments) {
        StringBuilder calls = new StringBuilder("\"content\":null,\"tool_calls\":[");
        for (int i = 0; i < idsNamesAndArguments.length; i += 3) {
            if (i > 0) calls.append(',');
            calls.append("{\"index\":")
                    .append(i / 3)
                    .append(",\"id\":\"")
                    .append(idsNamesAndArguments[i])
                    .append("\",\"type\":\"function\",\"function\":{\"name\":\"")
                    .append(idsNamesAndArguments[i + 1])
                    .append("\",\"arguments\":\"")
                    .append(idsNamesAndArguments[i + 2].replace("\\", "\\\\").replace("\"", "\\\""))
                    .append("\"}}");
        }
        turns.add(new Turn(200, calls.append(']').toString(), "tool_calls", new CountDownLatch(0)));
        return this;
    }

    /** Next, it answers with an error. */
    public OpenAiServer fails(int status) {
        turns.add(new Turn(status, "", "", new CountDownLatch(0)));
        return this;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void complete(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            requests.add(body);
            Turn turn = turns.poll();
            if (turn == null || turn.status != 200) {
                reply(exchange, turn == null ? 400 : turn.status, "{\"error\":{\"message\":\"by the test\"}}");
            } else if (STREAM.matcher(body).find()) {
                stream(exchange, turn);
            } else {
                String choice = "{\"index\":0,\"message\":{\"role\":\"assistant\"," + turn.message
                        + "},\"finish_reason\":\"" + turn.finish + "\"}";
                reply(exchange, 200, completion("chat.completion", choice, USAGE));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final String USAGE = ",\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":7,\"total_tokens\":18}";

    private static String completion(String object, String choices, String usage) {
        return "{\"id\":\"chatcmpl-1\",\"object\":\"" + object
                + "\",\"created\":1790000000,\"model\":\"gpt-x-2026\",\"choices\":[" + choices + "]" + usage + "}";
    }

    private void stream(HttpExchange exchange, Turn turn) throws IOException, InterruptedException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            event(
                    out,
                    "{\"index\":0,\"delta\":{\"role\":\"assistant\"," + turn.message + "},\"finish_reason\":null}",
                    "");
            turn.secondHalf.await();
            event(out, "{\"index\":0,\"delta\":{},\"finish_reason\":\"" + turn.finish + "\"}", "");
            event(out, "", USAGE);
            out.write("data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void event(OutputStream out, String choices, String usage) throws IOException {
        String event = "data: " + completion("chat.completion.chunk", choices, usage) + "\n\n";
        out.write(event.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private void embed(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            reply(
                    exchange,
                    200,
                    "{\"object\":\"list\",\"model\":\"embed-x\",\"data\":[{\"object\":\"embedding\",\"index\":0,"
                            + "\"embedding\":[0.5,0.25]}],\"usage\":{\"prompt_tokens\":3,\"total_tokens\":3}}");
        }
    }

    private static void reply(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
