package dev.weir.instrumentation.koog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.koog.agents.core.agent.AIAgent;
import ai.koog.agents.core.tools.Tool;
import ai.koog.prompt.executor.clients.LLMClientException;
import ai.koog.prompt.executor.llms.MultiLLMPromptExecutor;
import ai.koog.serialization.JSONObject;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.instrumentation.testing.Suspending;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import kotlin.coroutines.CoroutineContext;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlinx.coroutines.CoroutineScope;
import kotlinx.coroutines.DelayKt;
import kotlinx.coroutines.Dispatchers;
import kotlinx.coroutines.TimeoutCancellationException;
import kotlinx.coroutines.TimeoutKt;
import kotlinx.coroutines.YieldKt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Real agents of Koog, over a model that says what a test wants. */
class KoogInstrumentationTest extends KoogFixture {

    private static Tool<JSONObject, String> answering(String name, String answer) {
        return Koog.tool(name, Suspending.of((arguments, result, next) -> answer));
    }

    @Test
    @Tag("traced-sync")
    void toolsStandBesideModelCallsInTheRun() {
        koog.server.calls("call_A", "charge", "{\"cents\":500}").says("sold");
        AIAgent<String, String> agent = koog.agent("clerk", answering("charge", "charged"));
        assertEquals("sold", agent.run("two boots"));
        assertEquals(
                List.of(
                        "begin RUN",
                        "begin MODEL",
                        "begin " + Koog.POST,
                        "end " + Koog.POST + " 200",
                        "end MODEL",
                        "begin TOOL",
                        "end TOOL",
                        "begin MODEL",
                        "begin " + Koog.POST,
                        "end " + Koog.POST + " 200",
                        "end MODEL",
                        "end RUN"),
                woven.agent().events());
        assertEquals(List.of("none"), woven.agent().parents(CallFacts.Kind.RUN));
        assertEquals(List.of("RUN", "RUN"), woven.agent().parents(CallFacts.Kind.MODEL));
        assertEquals(List.of("MODEL", "MODEL"), woven.agent().parents(CallFacts.Kind.HTTP_CLIENT));
        assertEquals(List.of("RUN"), woven.agent().parents(CallFacts.Kind.TOOL));

        GenAiFacts run = begun(CallFacts.Kind.RUN).get(0);
        assertEquals("clerk", run.name());
        assertEquals(List.of("two boots"), Arrays.asList(Objects.requireNonNull(run.arguments())));
        assertEquals("two boots", Objects.requireNonNull(run.input())[0].text);
        assertEquals("sold", Objects.requireNonNull(run.output())[0].text);

        GenAiFacts chat = begun(CallFacts.Kind.MODEL).get(0);
        assertEquals("gpt-x", chat.name());
        assertEquals("openai", chat.provider());
        // Koog does not say who answered.
        assertNull(chat.responseModel());
        assertEquals("tool_calls", chat.finishReason());
        assertEquals(11, chat.inputTokens());
        assertEquals(7, chat.outputTokens());
        assertEquals(0, chat.firstChunkNanos());
        assertEquals(List.of("two boots"), Arrays.asList(Objects.requireNonNull(chat.arguments())));
        assertNull(chat.output());
        GenAiFacts last = begun(CallFacts.Kind.MODEL).get(1);
        assertEquals("sold", Objects.requireNonNull(last.output())[0].text);
        List<String> told = Arrays.stream(Objects.requireNonNull(last.input()))
                .map(message -> message.role + ": " + message.text)
                .toList();
        assertEquals(List.of("system: You do what is asked.", "user: two boots", "tool: charged"), told);

        GenAiFacts tool = begun(CallFacts.Kind.TOOL).get(0);
        assertEquals("charge", tool.name());
        assertEquals("call_A", tool.toolCallId());
        assertEquals("{\"cents\":500}", tool.toolArguments());
        assertEquals("charged", tool.toolResult());
    }

    private List<String> names(CallFacts.Kind kind) {
        return begun(kind).stream().map(GenAiFacts::name).toList();
    }

    /** Whoever resumes a tool or a run, it goes on in its own scope; and its caller in what was around it. */
    @RepeatedTest(5)
    @Tag("traced-async")
    void scopesLastOverSuspensions() throws Exception {
        List<Object> inTool = new CopyOnWriteArrayList<>();
        Tool<JSONObject, String> slow = Koog.tool(
                "slow",
                Suspending.of(
                        (arguments, result, next) -> {
                            inTool.add(Koog.here());
                            return Koog.delay(next);
                        },
                        (arguments, result, next) -> {
                            inTool.add(Koog.here());
                            return YieldKt.yield(Koog.typed(next));
                        },
                        (arguments, result, next) -> {
                            inTool.add(Koog.here());
                            return "done";
                        }));
        for (CoroutineContext dispatcher : List.of(
                Dispatchers.getDefault(),
                Dispatchers.getIO(),
                Dispatchers.getUnconfined(),
                EmptyCoroutineContext.INSTANCE)) {
            inTool.clear();
            List<Object> around = new CopyOnWriteArrayList<>();
            koog.server.calls("call_A", "slow", "{}").says("sold");
            AIAgent<String, String> agent = koog.agent("clerk", slow);
            Object answer = Koog.await(
                    dispatcher,
                    Suspending.of(
                            (scope, result, next) -> {
                                around.add(Koog.here());
                                return Koog.delay(next);
                            },
                            (scope, result, next) -> {
                                around.add(Koog.here());
                                return agent.run("two boots", "session-1", Koog.typed(next));
                            },
                            (scope, result, next) -> {
                                around.add(Koog.here());
                                assertEquals("sold", result);
                                return Koog.delay(next);
                            },
                            (scope, result, next) -> {
                                around.add(Koog.here());
                                return "over";
                            }));
            assertEquals("over", answer);
            assertEquals(3, inTool.size());
            for (Object each : inTool) assertSame(begun(CallFacts.Kind.TOOL).get(0), factsOf(each));
            assertEquals(List.of("nothing", "nothing", "nothing", "nothing"), around);
            assertEquals("session-1", begun(CallFacts.Kind.RUN).get(0).conversation());
            assertEquals(List.of("none"), woven.agent().parents(CallFacts.Kind.RUN));
            assertEquals(List.of("RUN"), woven.agent().parents(CallFacts.Kind.TOOL));
            assertEquals(List.of("MODEL", "MODEL"), woven.agent().parents(CallFacts.Kind.HTTP_CLIENT));
            woven.agent().forget();
        }
    }

    private static @Nullable CallFacts factsOf(Object context) {
        return context instanceof Call call ? call.facts() : null;
    }

    @Test
    @Tag("concurrent")
    void runsAtTheSameTimeKeepApart() throws Exception {
        List<Object> heard = new CopyOnWriteArrayList<>();
        Tool<JSONObject, String> tool = Koog.tool(
                "look", Suspending.of((arguments, result, next) -> Koog.delay(next), (arguments, result, next) -> {
                    heard.add(Objects.requireNonNull(factsOf(Koog.here())));
                    return "seen";
                }));
        int runs = 8;
        // Every model asks for the same, by the same id.
        for (int i = 0; i < runs; i++) koog.server.calls("call_A", "look", "{}");
        for (int i = 0; i < runs; i++) koog.server.says("sold");
        CountDownLatch asked = new CountDownLatch(runs);
        Tool<JSONObject, String> meeting = Koog.tool("look", Suspending.of((arguments, result, next) -> {
            asked.countDown();
            assertTrue(asked.await(20, TimeUnit.SECONDS));
            return tool.execute(arguments, Koog.typed(next));
        }));
        List<CompletableFuture<String>> answers = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(runs);
        try {
            for (int i = 0; i < runs; i++) {
                answers.add(CompletableFuture.supplyAsync(
                        () -> koog.agent("clerk", meeting).run("look"), threads));
            }
            for (CompletableFuture<String> each : answers) assertEquals("sold", each.get(20, TimeUnit.SECONDS));
        } finally {
            threads.shutdownNow();
        }
        assertEquals(runs, heard.stream().distinct().count());
        assertEquals(Collections.nCopies(runs, "none"), woven.agent().parents(CallFacts.Kind.RUN));
        assertEquals(Collections.nCopies(runs, "RUN"), woven.agent().parents(CallFacts.Kind.TOOL));
        assertEquals(Collections.nCopies(2 * runs, "MODEL"), woven.agent().parents(CallFacts.Kind.HTTP_CLIENT));
    }

    @Test
    @Tag("traced-async")
    void anAgentThatIsAToolRunsInIt() {
        koog.server
                .calls("call_A", "expert", "{\"input\":\"why\"}")
                .says("because")
                .says("so");
        AIAgent<String, String> agent = koog.agent("clerk", koog.asTool("expert"));
        assertEquals("so", agent.run("two boots"));
        assertEquals(List.of("clerk", "expert"), names(CallFacts.Kind.RUN));
        assertEquals(List.of("none", "TOOL"), woven.agent().parents(CallFacts.Kind.RUN));
        assertEquals(List.of("RUN"), woven.agent().parents(CallFacts.Kind.TOOL));
        assertEquals(
                "why", Objects.requireNonNull(begun(CallFacts.Kind.RUN).get(1).input())[0].text);
        assertTrue(woven.agent().events().contains("end TOOL"));
    }

    @Test
    @Tag("other")
    void anAgentThatIsAToolAndFailsIsAFailedTool() {
        koog.server.calls("call_A", "expert", "{\"input\":\"why\"}").fails(400).says("so");
        AIAgent<String, String> agent = koog.agent("clerk", koog.asTool("expert"));
        assertEquals("so", agent.run("two boots"));
        assertEquals(
                List.of(
                        "end MODEL LLMClientException",
                        "end RUN LLMClientException",
                        "end TOOL tool_error LLMClientException"),
                woven.agent().events().stream()
                        .filter(event -> event.contains("LLMClientException"))
                        .toList());
    }

    @Test
    @Tag("other")
    void agentsWithoutANameAreNamedByTheirStrategy() {
        koog.server.says("sold");
        koog.agent(null).run("two boots");
        assertEquals(List.of("single_run"), names(CallFacts.Kind.RUN));
    }

    private static final class Unlucky extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Test
    @Tag("other")
    void failedToolsAreToldTheModel() {
        koog.server
                .calls("call_A", "broken", "{}")
                .calls("call_B", "nobody_has_it", "{}")
                .says("sorry");
        Tool<JSONObject, String> broken = Koog.tool(
                "broken", Suspending.of((arguments, result, next) -> Koog.delay(next), (arguments, result, next) -> {
                    throw new Unlucky();
                }));
        assertEquals("sorry", koog.agent("clerk", broken).run("two boots"));
        List<String> ends = woven.agent().events().stream()
                .filter(event -> event.startsWith("end TOOL"))
                .toList();
        assertEquals(List.of("end TOOL tool_error Unlucky", "end TOOL tool_error"), ends);
        assertEquals(List.of("broken", "nobody_has_it"), names(CallFacts.Kind.TOOL));
    }

    @Test
    @Tag("other")
    void aModelThatFailsFailsTheRun() {
        koog.server.fails(400);
        AIAgent<String, String> agent = koog.agent("clerk");
        assertThrows(LLMClientException.class, () -> agent.run("two boots"));
        assertEquals(
                List.of(
                        "begin RUN",
                        "begin MODEL",
                        "begin " + Koog.POST,
                        "end " + Koog.POST + " 400",
                        "end MODEL LLMClientException",
                        "end RUN LLMClientException"),
                woven.agent().events());
    }

    @Test
    @Tag("other")
    void aRunThatTakesTooLongEnds() {
        koog.server.calls("call_A", "hanging", "{}");
        Tool<JSONObject, String> hanging = Koog.tool(
                "hanging", Suspending.of((arguments, result, next) -> DelayKt.delay(600_000, Koog.typed(next))));
        AIAgent<String, String> agent = koog.agent("clerk", hanging);
        Suspending<CoroutineScope> run =
                Suspending.of((scope, result, next) -> agent.run("two boots", null, Koog.typed(next)));
        assertThrows(
                TimeoutCancellationException.class,
                () -> Koog.await(
                        Dispatchers.getDefault(),
                        Suspending.of((scope, result, next) -> TimeoutKt.withTimeout(1_000, run.typed(), next))));
        assertTrue(
                woven.agent().events().contains("end RUN TimeoutCancellationException"),
                woven.agent().events()::toString);
    }

    @Test
    @Tag("attempts")
    @Tag("attempts-async")
    void aClientThatRetriesMakesTries() throws Exception {
        koog.server.fails(503).fails(503).says("sold");
        MultiLLMPromptExecutor executor = new MultiLLMPromptExecutor(koog.retrying());
        assertEquals(
                "sold", executor.execute(Koog.prompt("two boots"), Koog.MODEL).textContent());
        assertEquals(
                List.of(
                        "begin MODEL",
                        "begin RETRY",
                        "begin " + Koog.POST,
                        "end " + Koog.POST + " 503",
                        "end RETRY LLMClientException",
                        "begin RETRY",
                        "begin " + Koog.POST,
                        "end " + Koog.POST + " 503",
                        "end RETRY LLMClientException",
                        "begin RETRY",
                        "begin " + Koog.POST,
                        "end " + Koog.POST + " 200",
                        "end RETRY",
                        "end MODEL"),
                woven.agent().events());
        Koog.assertTries(woven.agent(), 3);
    }
}
