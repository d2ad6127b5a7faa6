package dev.weir.runtimes.adk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.incidents.harness.FaultServer;
import dev.weir.incidents.harness.InstalledJdk;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.Span;
import dev.weir.runtimes.adk.GeminiModel.Question;
import dev.weir.runtimes.adk.GeminiModel.ToolCall;
import dev.weir.runtimes.adk.GeminiModel.Turn;
import dev.weir.runtimes.harness.Jvms;
import dev.weir.runtimes.harness.SmokeRun;
import example.adk.Shop;
import example.adk.ToolServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Agents of Google's ADK: a team with an MCP tool, two side by side, one that is a tool of another. */
class GoogleAdkIT {

    @TempDir
    Path directory;

    private static List<Span> spans(SmokeRun run, String name) {
        return run.spans().stream()
                .filter(span -> span.name().equals(name))
                .sorted(Comparator.comparingLong(Span::startNanos))
                .toList();
    }

    private static List<String> keys(List<FaultServer.Request> requests) {
        return requests.stream()
                .map(request -> Objects.requireNonNull(request.header("idempotency-key")))
                .toList();
    }

    // ---- an MCP tool, a tool that throws, and an agent to whom the run goes over

    /** Client-made ids of calls: the model gives none. */
    private static Turn team(Question question) {
        if (question.number() == 1) return Turn.failed(503);
        if (question.instruction().contains("You write receipts.")) {
            return question.results() == 0
                    ? Turn.tools(new ToolCall(null, "receipt", "{\"text\":\"two boots\"}"))
                    : Turn.text("sold");
        }
        ToolCall charge = new ToolCall(null, "charge", "{\"cents\":500}");
        return switch (question.results()) {
            case 0 -> Turn.tools(charge);
            case 1 -> Turn.tools(charge, charge);
            case 3 -> Turn.tools(new ToolCall(null, "stock", "{\"article\":\"boot\"}"));
            default -> Turn.tools(new ToolCall(null, "transfer_to_agent", "{\"agent_name\":\"archivist\"}"));
        };
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(Jvms.JDKS)
    void team(InstalledJdk jdk) throws Exception {
        AtomicInteger charges = new AtomicInteger();
        try (GeminiModel model = GeminiModel.start(GoogleAdkIT::team);
                FaultServer payments = FaultServer.start(request -> charges.incrementAndGet() == 1
                        ? FaultServer.Reply.of(503, "try later")
                        : FaultServer.Reply.of(200, "charged"));
                SmokeRun run = new SmokeRun(jdk, "-Dreceipts=" + directory)) {
            List<String> arguments = new ArrayList<>(List.of("team", model.url(), "two boots, please"));
            arguments.addAll(run.command("payments", ToolServer.class, payments.url("/charges")));
            Program shop = run.start("shop", Shop.class, arguments.toArray(new String[0]));
            assertEquals("sold", shop.awaitStdout(line -> true));
            run.end(shop, "google-adk", "google-genai", "mcp", "rxjava3", "rxjava3-retry", "okhttp");
            run.assertDocumented("ADK, a team");

            List<String> charged = keys(payments.requests());
            assertEquals(4, charged.size());
            assertEquals(charged.get(0), charged.get(1), "503, and McpTool again");
            assertEquals(3, charged.stream().distinct().count(), () -> "three wanted charges: " + charged);
            List<Span> sent = spans(run, "tools/call charge").stream()
                    .filter(span -> span.kind() == Span.Kind.CLIENT)
                    .toList();
            assertEquals(sent.get(0).text("weir.idempotency.key"), sent.get(1).text("weir.idempotency.key"));
            assertEquals(sent.get(0).text("weir.operation.id"), sent.get(1).text("weir.operation.id"));
            assertEquals("2", sent.get(1).text("weir.attempt"));
            assertEquals(
                    3,
                    sent.stream()
                            .map(span -> span.text("weir.operation.id"))
                            .distinct()
                            .count());

            assertEquals(
                    "java.lang.IllegalStateException",
                    spans(run, "execute_tool stock").get(0).text("error.type"));
            Span first = spans(run, "chat gemini-x").get(0);
            assertEquals("gcp.gen_ai", first.text("gen_ai.provider.name"));
            assertEquals("gemini-x-001", first.text("gen_ai.response.model"));
            assertEquals("11", first.text("gen_ai.usage.input_tokens"));
            assertEquals("7", first.text("gen_ai.usage.output_tokens"));
            for (Span span : spans(run, "execute_tool charge")) {
                assertTrue(
                        Objects.requireNonNull(span.text("gen_ai.tool.call.id")).startsWith("adk-"), span::toString);
            }
            for (Span span : spans(run, "invoke_agent archivist")) {
                assertEquals("session-1", span.text("gen_ai.conversation.id"));
            }
        }
    }

    // ---- two agents at the same time, streamed, with the same ids of calls

    private static Turn sideBySide(Question question) {
        String article = question.instruction().contains("boots") ? "boots" : "hats";
        return question.results() == 0
                ? Turn.tools(new ToolCall("call_A", "reserve", "{\"article\":\"" + article + "\"}"))
                : Turn.text("reserved for you");
    }

    @ParameterizedTest(name = "{0}, {1} processors")
    @MethodSource(Jvms.JDKS_AND_PROCESSORS)
    void sideBySide(InstalledJdk jdk, int processors) throws Exception {
        try (GeminiModel model = GeminiModel.start(GoogleAdkIT::sideBySide);
                FaultServer warehouse = FaultServer.start(request -> FaultServer.Reply.of(200, "reserved"));
                SmokeRun run = new SmokeRun(
                        jdk,
                        "-XX:ActiveProcessorCount=" + processors,
                        "-Dwarehouse=" + warehouse.url("/reservations"))) {
            Program shop = run.start("shop", Shop.class, "parallel", model.url(), "boots and hats, please");
            assertEquals("reserved for you reserved for you", shop.awaitStdout(line -> true));
            run.end(shop, "google-adk", "rxjava3");
            run.assertDocumented("ADK, side by side");
            assertEquals(2, keys(warehouse.requests()).stream().distinct().count());
            for (Span tool : spans(run, "execute_tool reserve")) {
                assertEquals("call_A", tool.text("gen_ai.tool.call.id"));
            }
            for (Span chat : spans(run, "chat gemini-x")) {
                String first = chat.text("gen_ai.response.time_to_first_chunk");
                assertNotNull(first, chat::toString);
                assertTrue(Double.parseDouble(first) > 0, first);
            }
        }
    }

    // ---- an agent that is a tool, in a run that is tried again

    private static Turn reservingTwice(Question question) {
        return switch (question.number()) {
            case 1, 5 -> Turn.tools(new ToolCall(null, "boots", "{\"request\":\"a pair\"}"));
            case 2, 6 -> Turn.tools(new ToolCall(null, "reserve", "{\"article\":\"boots\"}"));
            case 3, 7 -> Turn.text("reserved");
            case 4 -> Turn.failed(400);
            default -> Turn.text("sold");
        };
    }

    /** The agent's session and the calls of tools have other random ids the second time: no identity has them. */
    @ParameterizedTest(name = "{0}")
    @MethodSource(Jvms.JDKS)
    void agentAsATool(InstalledJdk jdk) throws Exception {
        try (GeminiModel model = GeminiModel.start(GoogleAdkIT::reservingTwice);
                FaultServer warehouse = FaultServer.start(request -> FaultServer.Reply.of(200, "reserved"));
                SmokeRun run = new SmokeRun(
                        jdk,
                        "-Dweir.scope.run=example.adk.Shop#ask",
                        "-Dwarehouse=" + warehouse.url("/reservations"))) {
            Program shop = run.start("shop", Shop.class, "tool", model.url(), "boots, please");
            assertEquals("sold", shop.awaitStdout(line -> true));
            run.end(shop, "google-adk", "rxjava3-retry");
            run.assertDocumented("ADK, an agent as a tool");
            assertEquals(2, warehouse.requests().size());
            assertEquals(1, keys(warehouse.requests()).stream().distinct().count(), "the same reservation");
            List<Span> reserved = spans(run, "execute_tool reserve");
            assertNotEquals(
                    reserved.get(0).text("gen_ai.tool.call.id"), reserved.get(1).text("gen_ai.tool.call.id"));
        }
    }
}
