package dev.weir.instrumentation.embabel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.ScopeFacts;
import dev.weir.instrumentation.kotlincoroutines.KotlinCoroutinesInstrumentation;
import dev.weir.instrumentation.springai.SpringAiInstrumentation;
import dev.weir.instrumentation.springretry.SpringRetryInstrumentation;
import dev.weir.instrumentation.testing.CompiledHere;
import dev.weir.instrumentation.testing.OpenAiServer;
import dev.weir.instrumentation.testing.Woven;
import dev.weir.instrumentation.threads.ThreadsInstrumentation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Agents of a whole platform, with a model of OpenAI that is played on the wire. Embabel stands on another Spring than this
 * module's tests: it is there in its rows of the matrix only.
 */
@EnabledForJreRange(min = JRE.JAVA_21)
class EmbabelInstrumentationTest {

    private static final String RECEIPT = "{\\\"text\\\":\\\"sold\\\"}";

    // Kept, or its level is forgotten.
    private static final Logger LOG = Logger.getLogger("");

    @TempDir
    static Path folder;

    private static Class<?> application;

    @RegisterExtension
    final Woven woven = new Woven(
            new EmbabelInstrumentation(),
            new SpringAiInstrumentation(),
            new SpringRetryInstrumentation(),
            new KotlinCoroutinesInstrumentation(),
            new ThreadsInstrumentation());

    private final Map<String, Function<String, String>> work = new ConcurrentHashMap<>();
    private final Map<String, Object> settings = new HashMap<>();
    private OpenAiServer server;
    private AutoCloseable shop;

    @BeforeAll
    static void compile() throws Exception {
        LOG.setLevel(Level.OFF);
        assumeTrue(
                EmbabelInstrumentationTest.class.getResource("/com/embabel/agent/core/AgentProcess.class") != null,
                "Embabel is in rows of the matrix only");
        application = CompiledHere.loadOnClassPath("org.example.embabel.Shop", folder, "-proc:none", "-parameters");
    }

    @BeforeEach
    void start() throws Exception {
        server = new OpenAiServer();
        work.put("take", said -> "boots");
        work.put("charge", card -> "charged " + card);
        work.put("stock", article -> "7 " + article);
        work.put("ask", article -> article + "?");
        settings.put("embabel.models.default-llm", "gpt-x");
        settings.put("embabel.agent.platform.action-qos.default.backoff-millis", 1);
        settings.put("embabel.agent.platform.llm-operations.data-binding.fixed-backoff-millis", 1);
    }

    @AfterEach
    void stop() throws Exception {
        if (shop != null) shop.close();
        server.close();
    }

    /** What the agent answers: the process's state and id, and what came of it. */
    @SuppressWarnings("unchecked")
    private String[] ask(String agent, String question) throws Exception {
        if (shop == null) {
            shop = (AutoCloseable) application
                    .getConstructor(String.class, Map.class, Map.class)
                    .newInstance(server.url(), settings, work);
        }
        return ((BiFunction<String, String, String>) shop)
                .apply(agent, question)
                .split(" ", 3);
    }

    private List<GenAiFacts> facts(CallFacts.Kind kind) {
        List<GenAiFacts> facts = new ArrayList<>();
        for (CallFacts each : woven.agent().begun()) {
            if (each.kind() == kind) facts.add((GenAiFacts) each);
        }
        return facts;
    }

    private GenAiFacts only(CallFacts.Kind kind) {
        List<GenAiFacts> facts = facts(kind);
        assertEquals(1, facts.size(), () -> woven.agent().events().toString());
        return facts.get(0);
    }

    private List<String> runs() {
        return facts(CallFacts.Kind.RUN).stream()
                .map(run -> run.operation() + " " + run.name())
                .toList();
    }

    private List<Integer> tries() {
        return woven.agent().begun().stream()
                .filter(each -> each.kind() == CallFacts.Kind.RETRY)
                .map(each -> ((ScopeFacts) each).tryNumber())
                .toList();
    }

    @Test
    @Tag("traced-sync")
    void aProcessIsARunAndSoIsEachAction() throws Exception {
        server.calls("call_1", "charge", "{\"card\":\"4711\"}").says(RECEIPT);
        String[] answer = ask("clerk", "boots, please");
        assertEquals("COMPLETED", answer[0]);
        assertEquals("sold", answer[2]);
        assertEquals(
                List.of(
                        "begin RUN",
                        "begin RUN",
                        "end RUN",
                        "begin RUN",
                        "begin TOOL",
                        "end TOOL",
                        "end RUN",
                        "end RUN"),
                woven.agent().events());
        assertEquals(List.of("invoke_agent clerk", "execute_action take", "execute_action sell"), runs());
        assertEquals(List.of("none", "RUN", "RUN"), woven.agent().parents(CallFacts.Kind.RUN));
        GenAiFacts run = facts(CallFacts.Kind.RUN).get(0);
        assertEquals(answer[1], run.conversation());
        assertEquals("[boots, please]", Arrays.toString(run.arguments()));
        assertEquals("boots, please", run.input()[0].text);
        assertNull(run.output(), "the application's own type");
        GenAiFacts tool = only(CallFacts.Kind.TOOL);
        assertEquals("charge", tool.name());
        assertEquals("call_1", tool.toolCallId());
        assertEquals("{\"card\":\"4711\"}", tool.toolArguments());
        assertEquals("charged 4711", tool.toolResult());
        assertTrue(server.requests().get(1).contains("charged 4711"));
    }

    @Test
    @Tag("attempts")
    void eachTryOfAnActionIsToldOnce() throws Exception {
        woven.agent().alsoFollow("spring-retry");
        AtomicInteger taken = new AtomicInteger();
        work.put("take", said -> {
            if (taken.incrementAndGet() < 3) throw new UncheckedIOException(new IOException("busy"));
            return "boots";
        });
        server.says(RECEIPT);
        assertEquals("sold", ask("clerk", "boots, please")[2]);
        assertEquals(
                List.of(
                        "begin RUN",
                        "begin RUN",
                        "begin RETRY",
                        "end RETRY UncheckedIOException",
                        "begin RETRY",
                        "end RETRY UncheckedIOException",
                        "begin RETRY",
                        "end RETRY",
                        "end RUN",
                        "begin RUN",
                        "begin RETRY",
                        "begin RETRY",
                        "begin RETRY",
                        "end RETRY",
                        "end RETRY",
                        "end RETRY",
                        "end RUN",
                        "end RUN"),
                woven.agent().events());
        // Of the second action, of what the model is asked for, and of the model.
        assertEquals(List.of(1, 2, 3, 1, 1, 1), tries());
    }

    @Test
    @Tag("attempts")
    void whatCannotBeReadIsAskedForAgain() throws Exception {
        woven.agent().alsoFollow("spring-retry");
        server.says("no JSON").says(RECEIPT);
        assertEquals("sold", ask("clerk", "boots, please")[2]);
        assertEquals(List.of(1, 1, 1, 1, 2, 1), tries());
    }

    @Test
    void aProcessThatFailsHasFailed() throws Exception {
        work.put("take", said -> {
            throw new IllegalStateException("closed");
        });
        assertThrows(Exception.class, () -> ask("clerk", "boots, please"));
        assertEquals(
                List.of("begin RUN", "begin RUN", "end RUN IllegalStateException", "end RUN IllegalStateException"),
                woven.agent().events());
    }

    @Test
    void aToolThatThrowsHasFailedThoughTheModelIsTold() throws Exception {
        work.put("charge", card -> {
            throw new IllegalArgumentException("no such card");
        });
        server.calls("call_1", "charge", "{\"card\":\"0\"}").says(RECEIPT);
        assertEquals("sold", ask("clerk", "boots, please")[2]);
        assertTrue(
                woven.agent().events().contains("end TOOL tool_error IllegalArgumentException"),
                () -> woven.agent().events().toString());
    }

    @Test
    void aToolThatWantsAnotherPlanHasNotFailed() throws Exception {
        work.put("charge", card -> "otherwise");
        server.calls("call_1", "charge", "{\"card\":\"0\"}").says(RECEIPT);
        assertEquals("sold", ask("clerk", "boots, please")[2]);
        assertEquals("charge", only(CallFacts.Kind.TOOL).name());
        assertEquals(
                List.of(),
                woven.agent().events().stream()
                        .filter(event -> event.endsWith("Exception"))
                        .toList());
    }

    @Test
    void aToolOfSpringIsToldOnce() throws Exception {
        woven.agent().alsoFollow("spring-ai");
        server.calls("call_1", "stock", "{\"article\":\"boots\"}", "call_1", "charge", "{\"card\":\"0\"}")
                .says(RECEIPT);
        assertEquals("sold", ask("clerk", "boots, please")[2]);
        List<GenAiFacts> tools = facts(CallFacts.Kind.TOOL);
        assertEquals(
                List.of("stock", "charge"), tools.stream().map(ScopeFacts::name).toList());
        for (GenAiFacts tool : tools) {
            assertEquals("embabel", tool.instrumentation());
            assertEquals("call_1", tool.toolCallId());
        }
        for (GenAiFacts model : facts(CallFacts.Kind.MODEL)) {
            assertEquals("openai", model.provider());
            assertEquals(11, model.inputTokens());
        }
    }

    @Test
    void whatTheModelGetsWrongIsNoToolsFault() throws Exception {
        server.calls("call_1", "chrage", "{\"card\":\"0\"}")
                .calls("call_2", "charge", "{\"card\":")
                .says(RECEIPT);
        assertEquals("sold", ask("clerk", "boots, please")[2]);
        assertEquals("charge", only(CallFacts.Kind.TOOL).name());
    }

    @Test
    void aHugeAnswerOfAToolIsTheModelsAffair() throws Exception {
        work.put("charge", card -> "x".repeat(10_000_000));
        server.calls("call_1", "charge", "{\"card\":\"0\"}").says(RECEIPT);
        assertEquals("sold", ask("clerk", "boots, please")[2]);
        assertEquals(10_000_000, only(CallFacts.Kind.TOOL).toolResult().length());
    }

    @Test
    @Tag("traced-async")
    @Tag("concurrent")
    void toolsAtTheSameTimeAreInTheirAction() throws Exception {
        settings.put("embabel.agent.platform.toolloop.type", "PARALLEL");
        CountDownLatch both = new CountDownLatch(2);
        Function<String, String> together = argument -> {
            both.countDown();
            try {
                return both.await(10, TimeUnit.SECONDS) + " " + inside();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
        work.put("charge", together);
        work.put("stock", together);
        server.calls("call_A", "stock", "{\"article\":\"boots\"}", "call_A", "charge", "{\"card\":\"0\"}")
                .says(RECEIPT);
        assertEquals("sold", ask("clerk", "boots, please")[2]);
        assertEquals(List.of("RUN", "RUN"), woven.agent().parents(CallFacts.Kind.TOOL));
        for (GenAiFacts tool : facts(CallFacts.Kind.TOOL)) {
            assertTrue(tool.toolResult().contains("true TOOL " + tool.name()), tool.toolResult());
        }
    }

    /** The scope that is going on. */
    private static String inside() {
        return Hooks.scope() instanceof ScopeFacts facts ? facts.kind() + " " + facts.name() : "nothing";
    }

    @Test
    @Tag("traced-async")
    void anotherAgentIsARunInTheAction() throws Exception {
        List<String> inside = new CopyOnWriteArrayList<>();
        work.put("ask", article -> {
            inside.add(inside());
            return article + "?";
        });
        server.says(RECEIPT);
        String[] answer = ask("manager", "boots, please");
        assertEquals("sold [boots?, hats?]", answer[2]);
        assertEquals(
                List.of(
                        "invoke_agent manager",
                        "execute_action delegate",
                        "invoke_agent clerk",
                        "execute_action take",
                        "execute_action sell",
                        "execute_action report"),
                runs());
        assertEquals(
                List.of("none", "RUN", "RUN", "RUN", "RUN", "RUN"),
                woven.agent().parents(CallFacts.Kind.RUN));
        assertNull(facts(CallFacts.Kind.RUN).get(2).conversation(), "the manager's");
        assertEquals(List.of("RUN report", "RUN report"), inside);
    }

    @Test
    void actionsAtTheSameTimeAreInTheirProcess() throws Exception {
        settings.put("embabel.agent.platform.process-type", "CONCURRENT");
        server.says(RECEIPT);
        assertEquals("sold", ask("clerk", "boots, please")[2]);
        assertEquals(List.of("none", "RUN", "RUN"), woven.agent().parents(CallFacts.Kind.RUN));
    }

    @Test
    void nothingIsToldWhereNobodyListens() throws Exception {
        woven.agent().ignore(each -> true);
        server.calls("call_1", "charge", "{\"card\":\"0\"}").says(RECEIPT);
        assertEquals("sold", ask("clerk", "boots, please")[2]);
        assertEquals(List.of(), woven.agent().events());
    }
}
