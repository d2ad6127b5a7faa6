package dev.weir.runtimes.embabel;

import static dev.weir.runtimes.harness.SmokeRun.keys;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.incidents.harness.FaultServer;
import dev.weir.incidents.harness.InstalledJdk;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.Span;
import dev.weir.runtimes.harness.OpenAiModel;
import dev.weir.runtimes.harness.OpenAiModel.Question;
import dev.weir.runtimes.harness.OpenAiModel.ToolCall;
import dev.weir.runtimes.harness.OpenAiModel.Turn;
import dev.weir.runtimes.harness.SmokeRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Agents of Embabel: one that has another one sell, and one whose tools are called at the same time. */
class EmbabelIT {

    private static final String SHOP = "example.embabel.Shop";

    /** Embabel needs Java 21. */
    static Stream<InstalledJdk> jdks() throws IOException {
        return InstalledJdk.all().stream().filter(jdk -> jdk.feature() >= 21);
    }

    static Stream<Arguments> jdksAndProcessors() throws IOException {
        return jdks().flatMap(jdk -> Stream.of(Arguments.of(jdk, 1), Arguments.of(jdk, 4)));
    }

    @BeforeAll
    static void compile() throws Exception {
        InstalledJdk oldest = jdks().findFirst().orElseThrow(() -> new AssertionError("no JDK from 21 on here"));
        Path classes = Path.of(System.getProperty("application.classes"));
        List<String> command = new ArrayList<>(List.of(
                oldest.home().resolve("bin").resolve("javac").toString(),
                "-parameters",
                "-proc:none",
                "-cp",
                Files.readString(Path.of(System.getProperty("application.class-path")))
                        .strip(),
                "-d",
                classes.toString()));
        try (Stream<Path> sources = Files.walk(Path.of(System.getProperty("application.sources")))) {
            sources.map(Path::toString).filter(name -> name.endsWith(".java")).forEach(command::add);
        }
        Path complaints = classes.resolveSibling("javac.txt");
        Process javac = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(complaints.toFile())
                .start();
        assertTrue(javac.waitFor(2, TimeUnit.MINUTES), "javac does not end");
        assertEquals(0, javac.exitValue(), () -> "see " + complaints);
    }

    private static String[] shop(String agent, OpenAiModel model, FaultServer payments, FaultServer warehouse) {
        return new String[] {
            agent,
            "boots, please",
            "--spring.main.banner-mode=off",
            "--spring.ai.mcp.client.enabled=false",
            "--embabel.models.default-llm=gpt-x",
            "--embabel.agent.platform.action-qos.default.backoff-millis=10",
            "--embabel.agent.platform.toolloop.type=" + (agent.equals("clerk") ? "PARALLEL" : "DEFAULT"),
            "--shop.model=" + model.url().replaceFirst("/v1$", ""),
            "--shop.payments=" + payments.url("/charges"),
            "--shop.warehouse=" + warehouse.url("/reservations")
        };
    }

    private static List<Span> spans(SmokeRun run, String name) {
        return run.spans().stream().filter(span -> span.name().equals(name)).toList();
    }

    /** What it answers the second time cannot be read: Embabel asks all of it again. */
    private static Turn seller(Question question) {
        return switch (question.number()) {
            case 1, 3 -> Turn.tools(new ToolCall("call_1", "charge", "{\"cents\":500}"));
            case 2 -> Turn.text("sold");
            case 4 ->
                Turn.tools(
                        new ToolCall("call_2", "stock", "{\"article\":\"boots\"}"),
                        new ToolCall("call_3", "pack", "{\"article\":\"boots\"}"));
            default -> Turn.text("{\"text\":\"sold\"}");
        };
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("jdks")
    void anAgentHasAnotherOneSell(InstalledJdk jdk) throws Exception {
        AtomicInteger reservations = new AtomicInteger();
        try (OpenAiModel model = OpenAiModel.start(EmbabelIT::seller);
                FaultServer payments = FaultServer.start(request -> FaultServer.Reply.of(200, "charged"));
                FaultServer warehouse = FaultServer.start(request -> reservations.incrementAndGet() == 1
                        ? FaultServer.Reply.of(503, "busy")
                        : FaultServer.Reply.of(200, "boots"));
                SmokeRun run = new SmokeRun(jdk)) {
            Program shop = run.start("shop", SHOP, shop("manager", model, payments, warehouse));
            String answer = shop.awaitStdout(line -> line.startsWith("answer "));
            assertTrue(answer.startsWith("answer Report[text=sold] of "), answer);
            run.end(shop, "embabel", "spring-ai", "spring-retry", "threads", "jdk-http-client");
            run.assertDocumented("Embabel, an agent that has another one sell");

            List<String> reserved = keys(warehouse.requests());
            assertEquals(2, reserved.size());
            assertEquals(1, reserved.stream().distinct().count(), "503, and the action again");
            List<String> charged = keys(payments.requests());
            assertEquals(2, charged.size());
            assertEquals(1, charged.stream().distinct().count(), "what could not be read, and the whole again");

            String process = answer.substring(answer.lastIndexOf(' ') + 1);
            for (Span each : run.spans()) assertEquals(process, each.text("weir.session"), each::toString);
            Span chat = spans(run, "chat gpt-x").get(0);
            assertEquals("openai", chat.text("gen_ai.provider.name"));
            assertEquals("11", chat.text("gen_ai.usage.input_tokens"));
            assertEquals(
                    "java.lang.IllegalStateException",
                    spans(run, "execute_tool stock").get(0).text("error.type"));
            assertEquals("call_3", spans(run, "execute_tool pack").get(0).text("gen_ai.tool.call.id"));
        }
    }

    private static Turn sideBySide(Question question) {
        return question.results() == 0
                ? Turn.tools(
                        new ToolCall("call_A", "charge", "{\"cents\":500}"),
                        new ToolCall("call_A", "charge", "{\"cents\":500}"))
                : Turn.text("{\"text\":\"sold\"}");
    }

    @ParameterizedTest(name = "{0}, {1} processors")
    @MethodSource("jdksAndProcessors")
    void toolsAtTheSameTime(InstalledJdk jdk, int processors) throws Exception {
        try (OpenAiModel model = OpenAiModel.start(EmbabelIT::sideBySide);
                FaultServer payments = FaultServer.start(request -> FaultServer.Reply.of(200, "charged"));
                FaultServer warehouse = FaultServer.start(request -> FaultServer.Reply.of(200, "boots"));
                SmokeRun run = new SmokeRun(jdk, "-XX:ActiveProcessorCount=" + processors)) {
            Program shop = run.start("shop", SHOP, shop("clerk", model, payments, warehouse));
            assertNotNull(shop.awaitStdout(line -> line.startsWith("answer Receipt[text=sold] of ")));
            run.end(shop, "embabel", "spring-ai", "spring-retry", "threads", "jdk-http-client");
            run.assertDocumented("Embabel, tools at the same time");
            List<String> charged = keys(payments.requests());
            assertFalse(charged.get(0).equals(charged.get(1)), () -> "two wanted charges: " + charged);
        }
    }
}
