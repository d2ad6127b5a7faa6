package dev.weir.runtimes.springai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.incidents.harness.FaultServer;
import dev.weir.incidents.harness.InstalledJdk;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.Span;
import dev.weir.runtimes.harness.Jvms;
import dev.weir.runtimes.harness.OpenAiModel;
import dev.weir.runtimes.harness.OpenAiModel.Question;
import dev.weir.runtimes.harness.OpenAiModel.ToolCall;
import dev.weir.runtimes.harness.OpenAiModel.Turn;
import dev.weir.runtimes.harness.SmokeRun;
import example.springai.Shop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An agent on Spring AI 2: what it did, as a tree, and which of its calls were the same. */
class SpringAiIT {

    @TempDir
    private Path directory;

    private static ToolCall charge() {
        // The ids are the model's: two agents, or two calls, may have the same.
        return new ToolCall("call_A", "charge", "{\"cents\": 500}");
    }

    /** Refuses the first charge. */
    private static FaultServer payments() throws IOException {
        AtomicInteger charges = new AtomicInteger();
        return FaultServer.start(request -> charges.incrementAndGet() == 1
                ? FaultServer.Reply.of(503, "try later")
                : FaultServer.Reply.of(200, "charged"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(Jvms.JDKS)
    void called(InstalledJdk jdk) throws Exception {
        try (OpenAiModel model = OpenAiModel.start(SpringAiIT::shopping);
                FaultServer payments = payments();
                SmokeRun run = new SmokeRun(jdk)) {
            ask(run, "sync", model, payments, "sold");
            run.assertDocumented("Spring AI, called");

            List<String> asked = SmokeRun.keys(model.requests());
            assertEquals(asked.get(0), asked.get(1), "500, and again");
            assertEquals(asked.get(2), asked.get(3), "dropped, and again");
            assertEquals(5, asked.stream().distinct().count(), () -> "seven requests, five of them wanted: " + asked);
            List<String> charged = SmokeRun.keys(payments.requests());
            assertEquals(charged.get(0), charged.get(1), "503, and again");
            assertNotEquals(charged.get(1), charged.get(2), "charged twice, as the model wanted");
            assertEquals(3, charged.size());

            assertEquals(
                    "java.lang.IllegalStateException",
                    run.span("execute_tool stock").text("error.type"));
            // Nobody but OkHttp knew.
            assertEquals(
                    1,
                    run.spans().stream()
                            .filter(span -> "1".equals(span.text("weir.resends")))
                            .count());
            Span last = run.span("chat gpt-x");
            assertEquals("openai", last.text("gen_ai.provider.name"));
            assertEquals("gpt-x-2026-11-01", last.text("gen_ai.response.model"));
            assertEquals("11", last.text("gen_ai.usage.input_tokens"));
            assertEquals("7", last.text("gen_ai.usage.output_tokens"));
            assertEquals("call_A", run.span("execute_tool charge").text("gen_ai.tool.call.id"));
        }
    }

    private static Turn shopping(Question question) {
        if (question.number() == 1) return Turn.failed(500);
        if (question.number() == 3) return Turn.dropped();
        return switch (question.results()) {
            case 0 -> Turn.tools(charge(), new ToolCall("call_B", "order", "{\"article\":\"boot\",\"quantity\":2}"));
            case 2 -> Turn.tools(charge());
            case 3 -> Turn.tools(new ToolCall("call_C", "stock", "{\"article\":\"boot\"}"));
            case 4 -> Turn.tools(new ToolCall("call_D", "receipt", "{\"text\":\"two boots\"}"));
            default -> Turn.text("sold");
        };
    }

    @ParameterizedTest(name = "{0}, {1} processors")
    @MethodSource(Jvms.JDKS_AND_PROCESSORS)
    void streamed(InstalledJdk jdk, int processors) throws Exception {
        AtomicInteger charges = new AtomicInteger();
        try (OpenAiModel model = OpenAiModel.start(question -> switch (question.results()) {
                    case 0 -> Turn.tools(charge(), charge());
                    case 2 -> Turn.tools(new ToolCall("call_B", "order", "{\"article\":\"boot\",\"quantity\":2}"));
                    default -> Turn.text("sold to you");
                });
                FaultServer payments = FaultServer.start(request -> charges.incrementAndGet() == 1
                        ? FaultServer.Reply.drop()
                        : FaultServer.Reply.of(200, "charged"));
                SmokeRun run = new SmokeRun(jdk, "-XX:ActiveProcessorCount=" + processors)) {
            ask(run, "streaming", model, payments, "sold to you");
            run.assertDocumented("Spring AI, streamed");
            List<String> charged = SmokeRun.keys(payments.requests());
            assertEquals(3, charged.size());
            assertEquals(charged.get(0), charged.get(1), "dropped, and again");
            assertNotEquals(charged.get(1), charged.get(2), "charged twice, as the model wanted");
            assertTrue(Double.parseDouble(
                            Objects.requireNonNull(run.span("chat gpt-x").text("gen_ai.response.time_to_first_chunk")))
                    > 0);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(Jvms.JDKS)
    void remembered(InstalledJdk jdk) throws Exception {
        try (OpenAiModel model = OpenAiModel.start(question -> Turn.text("hello again"));
                FaultServer payments = FaultServer.start(request -> FaultServer.Reply.of(404, ""));
                SmokeRun run = new SmokeRun(jdk)) {
            ask(run, "memory", model, payments, "hello again");
            run.assertDocumented("Spring AI, remembered");
            for (Span span : run.spans()) {
                assertEquals("customer-7", span.text("gen_ai.conversation.id"), () -> "session of " + span);
            }
            String baggage = model.requests().get(0).header("baggage");
            assertNotNull(baggage);
            assertTrue(baggage.contains("weir.session=customer-7"), baggage);
        }
    }

    /** Spring AI's own spans, which go where Weir's go: there is one of each call. */
    @ParameterizedTest(name = "{0}")
    @MethodSource(Jvms.JDKS)
    void observed(InstalledJdk jdk) throws Exception {
        try (OpenAiModel model = OpenAiModel.start(SpringAiIT::selling);
                FaultServer payments = payments();
                SmokeRun run = new SmokeRun(jdk)) {
            ask(run, "observed", model, payments, "sold");
            run.assertDocumented("Spring AI, with its own observations");
            List<String> charged = SmokeRun.keys(payments.requests());
            assertEquals(2, charged.size());
            assertEquals(charged.get(0), charged.get(1), "503, and again");
            assertNamesItsSpan(payments.requests(), named(run, "http post"));
            assertNamesItsSpan(model.requests(), named(run, "POST"));
            for (Span span : run.spans()) {
                assertEquals(isAdvisor(span.name()), span.text("weir.operation.id") == null, () -> "said in " + span);
            }
            Span tool = run.span("execute_tool charge");
            assertEquals("call_A", tool.text("gen_ai.tool.call.id"), "what Weir knows of it");
            assertEquals("spring_ai", tool.text("gen_ai.system"), "what Spring AI knows of it");
            assertEquals("7", run.span("chat gpt-x").text("gen_ai.usage.output_tokens"));
        }
    }

    /** Tools run on another thread than the model's answer comes on. Spring AI loses a span of an advisor's now and then. */
    @ParameterizedTest(name = "{0}")
    @MethodSource(Jvms.JDKS)
    void observedStreamed(InstalledJdk jdk) throws Exception {
        try (OpenAiModel model = OpenAiModel.start(SpringAiIT::selling);
                FaultServer payments = payments();
                SmokeRun run = new SmokeRun(jdk)) {
            ask(run, "observed-streaming", model, payments, "sold");
            assertEquals(
                    List.of(
                            "POST",
                            "POST",
                            "chat gpt-x",
                            "chat gpt-x",
                            "execute_tool charge",
                            "http post",
                            "http post",
                            "retry openai-java",
                            "retry openai-java",
                            "retry spring-core",
                            "retry spring-core",
                            "spring_ai chat_client"),
                    run.spans().stream()
                            .map(Span::name)
                            .filter(name -> !isAdvisor(name))
                            .sorted()
                            .toList());
            assertNamesItsSpan(payments.requests(), named(run, "http post"));
            assertNamesItsSpan(model.requests(), named(run, "POST"));
        }
    }

    /** Where the application's spans go elsewhere, Weir's collector misses none of Weir's. */
    @ParameterizedTest(name = "{0}")
    @MethodSource(Jvms.JDKS)
    void observedElsewhere(InstalledJdk jdk) throws Exception {
        try (OpenAiModel model = OpenAiModel.start(SpringAiIT::selling);
                FaultServer payments = payments();
                FaultServer elsewhere = FaultServer.start(request -> FaultServer.Reply.of(200, ""));
                SmokeRun run = new SmokeRun(jdk)) {
            ask(run, "observed", model, payments, "sold", elsewhere.url(""));
            assertTrue(elsewhere.requests().size() > 5, "the application's");
            assertEquals(
                    List.of(
                            "POST",
                            "POST",
                            "POST",
                            "POST",
                            "chat gpt-x",
                            "chat gpt-x",
                            "execute_tool charge",
                            "invoke_agent ChatClient",
                            "retry openai-java",
                            "retry openai-java",
                            "retry spring-core",
                            "retry spring-core"),
                    run.spans().stream().map(Span::name).sorted().toList());
            List<String> charged = SmokeRun.keys(payments.requests());
            assertEquals(charged.get(0), charged.get(1), "503, and again");
        }
    }

    private static Turn selling(Question question) {
        return question.results() == 0 ? Turn.tools(charge()) : Turn.text("sold");
    }

    private static boolean isAdvisor(String span) {
        return span.equals("call") || span.equals("stream") || span.startsWith("tool ");
    }

    private static List<Span> named(SmokeRun run, String name) {
        return run.spans().stream().filter(span -> span.name().equals(name)).toList();
    }

    private static void assertNamesItsSpan(List<FaultServer.Request> requests, List<Span> spans) {
        assertEquals(
                spans.stream().map(Span::spanId).sorted().toList(),
                requests.stream()
                        .map(request ->
                                String.valueOf(request.header("traceparent")).split("-")[2])
                        .sorted()
                        .toList());
    }

    private void ask(SmokeRun run, String how, OpenAiModel model, FaultServer payments, String answer)
            throws IOException, InterruptedException {
        ask(run, how, model, payments, answer, run.collector());
    }

    private void ask(SmokeRun run, String how, OpenAiModel model, FaultServer payments, String answer, String collector)
            throws IOException, InterruptedException {
        Program shop = run.start(
                "shop",
                Shop.class,
                how,
                model.url(),
                payments.url("/charges"),
                directory.toString(),
                "Two boots, please",
                collector);
        assertEquals(answer, shop.awaitStdout(line -> true));
        run.end(shop, "spring-ai", "okhttp", "stainless");
    }
}
