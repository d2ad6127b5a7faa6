package dev.weir.runtimes.langchain4j;

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
import example.langchain4j.Shop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An agent on LangChain4j: what it did, as a tree, and which of its calls were the same. */
class LangChain4jIT {

    @TempDir
    private Path directory;

    private static ToolCall charge() {
        // The ids are the model's: two agents, or two calls, may have the same.
        return new ToolCall("call_A", "charge", "{\"cents\": 500}");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(Jvms.JDKS)
    void oneToolAfterTheOther(InstalledJdk jdk) throws Exception {
        AtomicInteger charges = new AtomicInteger();
        try (OpenAiModel model = OpenAiModel.start(LangChain4jIT::shopping);
                FaultServer payments = FaultServer.start(request -> charges.incrementAndGet() == 1
                        ? FaultServer.Reply.of(503, "try later")
                        : FaultServer.Reply.of(200, "charged"));
                SmokeRun run = new SmokeRun(jdk)) {
            ask(run, "sync", model, payments, "sold");
            run.assertDocumented("One tool after the other");

            List<String> asked = SmokeRun.keys(model.requests());
            assertEquals(asked.get(0), asked.get(1), "the model was asked again");
            assertEquals(5, asked.stream().distinct().count(), () -> "six requests, five of them wanted: " + asked);
            List<String> charged = SmokeRun.keys(payments.requests());
            assertEquals(charged.get(0), charged.get(1), "503, and again");
            assertNotEquals(charged.get(1), charged.get(2), "charged twice, as the model wanted");

            Span failed = run.span("execute_tool stock");
            assertEquals("java.lang.IllegalStateException", failed.text("error.type"));
            Span last = run.span("chat gpt-x");
            assertEquals("openai", last.text("gen_ai.provider.name"));
            assertEquals("gpt-x-2026-11-01", last.text("gen_ai.response.model"));
            assertEquals("11", last.text("gen_ai.usage.input_tokens"));
            assertEquals("call_A", run.span("execute_tool charge").text("gen_ai.tool.call.id"));
        }
    }

    private static Turn shopping(Question question) {
        if (question.number() == 1) return Turn.failed(500);
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
    void toolsAtTheSameTime(InstalledJdk jdk, int processors) throws Exception {
        CyclicBarrier bothThere = new CyclicBarrier(2);
        try (OpenAiModel model = OpenAiModel.start(LangChain4jIT::twoCharges);
                FaultServer payments = FaultServer.start(request -> together(bothThere));
                SmokeRun run = new SmokeRun(jdk, "-XX:ActiveProcessorCount=" + processors)) {
            ask(run, "concurrent", model, payments, "sold");
            run.assertDocumented("Tools at the same time");
            List<String> charged = SmokeRun.keys(payments.requests());
            assertNotEquals(charged.get(0), charged.get(1), "charged twice, as the model wanted");
        }
    }

    private static Turn twoCharges(Question question) {
        return question.results() == 0
                ? Turn.tools(
                        charge(), charge(), new ToolCall("call_B", "order", "{\"article\":\"boot\",\"quantity\":2}"))
                : Turn.text("sold");
    }

    private static FaultServer.Reply together(CyclicBarrier bothThere) {
        try {
            bothThere.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            return FaultServer.Reply.of(400, "the other one did not come");
        }
        return FaultServer.Reply.of(200, "charged");
    }

    @ParameterizedTest(name = "{0}, {1} processors")
    @MethodSource(Jvms.JDKS_AND_PROCESSORS)
    void streamed(InstalledJdk jdk, int processors) throws Exception {
        AtomicInteger charges = new AtomicInteger();
        try (OpenAiModel model = OpenAiModel.start(
                        question -> question.results() == 0 ? Turn.tools(charge()) : Turn.text("sold to you"));
                FaultServer payments = FaultServer.start(request -> charges.incrementAndGet() == 1
                        ? FaultServer.Reply.drop()
                        : FaultServer.Reply.of(200, "charged"));
                SmokeRun run = new SmokeRun(jdk, "-XX:ActiveProcessorCount=" + processors)) {
            ask(run, "streaming", model, payments, "sold to you");
            run.assertDocumented("Streamed");
            List<String> charged = SmokeRun.keys(payments.requests());
            assertEquals(2, charged.size());
            assertEquals(charged.get(0), charged.get(1), "dropped, and again");
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
            run.assertDocumented("Remembered");
            for (Span span : run.spans()) {
                assertEquals("customer-7", span.text("gen_ai.conversation.id"), () -> "session of " + span);
            }
            String baggage = model.requests().get(0).header("baggage");
            assertNotNull(baggage);
            assertTrue(baggage.contains("weir.session=customer-7"), baggage);
        }
    }

    private void ask(SmokeRun run, String how, OpenAiModel model, FaultServer payments, String answer)
            throws IOException, InterruptedException {
        Program shop = run.start(
                "shop",
                Shop.class,
                how,
                model.url(),
                payments.url("/charges"),
                directory.toString(),
                "Two boots, please");
        assertEquals(answer, shop.awaitStdout(line -> true));
        run.end(shop, "langchain4j", "jdk-http-client");
    }
}
