package dev.weir.instrumentation.koog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.koog.agents.core.tools.Tool;
import ai.koog.prompt.executor.llms.MultiLLMPromptExecutor;
import ai.koog.serialization.JSONObject;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.ScopeFacts;
import dev.weir.instrumentation.testing.Suspending;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import kotlin.Unit;
import kotlinx.coroutines.CoroutineScope;
import kotlinx.coroutines.Dispatchers;
import kotlinx.coroutines.flow.Flow;
import kotlinx.coroutines.flow.FlowCollector;
import kotlinx.coroutines.flow.FlowKt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What Koog streams, over a model that says what a test wants. */
class KoogStreamsTest extends KoogFixture {

    private final List<Object> collected = new CopyOnWriteArrayList<>();
    private final List<Object> around = new CopyOnWriteArrayList<>();

    /** Collects a stream, each piece with a pause, and says where it is meanwhile. */
    private Suspending<CoroutineScope> collecting(Flow<Object> flow, Runnable whenHeard) {
        FlowCollector<Object> collector = (frame, next) -> Suspending.<Object>of(
                        (item, result, then) -> {
                            collected.add(item);
                            around.add(Koog.here());
                            whenHeard.run();
                            return Koog.delay(then);
                        },
                        (item, result, then) -> {
                            around.add(Koog.here());
                            return Unit.INSTANCE;
                        })
                .<Unit>typed()
                .invoke(frame, next);
        return Suspending.of(
                (scope, result, next) -> flow.collect(collector, Koog.typed(next)), (scope, result, next) -> {
                    around.add(Koog.here());
                    return Unit.INSTANCE;
                });
    }

    @Test
    @Tag("traced-async")
    void whatBecomesOfAStreamIsNoPartOfIt() throws Exception {
        Call cause = Hooks.begin(new ScopeFacts(CallFacts.Kind.TOOL, KoogInstrumentation.NAME, "cause") {});
        Object outside = Koog.here();
        CountDownLatch secondHalf = new CountDownLatch(1);
        koog.server.says("sold", secondHalf);
        long before = System.nanoTime();
        Koog.await(
                Dispatchers.getDefault(), collecting(Koog.stream(koog.executor(), "two boots"), secondHalf::countDown));
        Hooks.end(cause, 0, null);
        assertEquals("TextDelta", collected.get(0).getClass().getSimpleName());
        assertEquals("End", collected.get(collected.size() - 1).getClass().getSimpleName());
        for (Object each : around) assertSame(outside, each);
        assertEquals(2 * collected.size() + 1, around.size());
        assertEquals(
                List.of(
                        "begin TOOL",
                        "begin MODEL",
                        "begin " + Koog.POST,
                        "end " + Koog.POST + " 200",
                        "end MODEL",
                        "end TOOL"),
                woven.agent().events());
        assertEquals(List.of("MODEL"), woven.agent().parents(CallFacts.Kind.HTTP_CLIENT));
        GenAiFacts chat = (GenAiFacts) woven.agent().begun().get(1);
        assertTrue(chat.firstChunkNanos() > before);
        assertEquals("stop", chat.finishReason());
        assertEquals(11, chat.inputTokens());
        assertEquals("sold", Objects.requireNonNull(chat.output())[0].text);
    }

    @Test
    @Tag("traced-async")
    void aStreamForJavaBeginsWithItsSubscriber() throws Exception {
        koog.server.says("sold");
        CompletableFuture<String> answer = new CompletableFuture<>();
        koog.executor().executeStreaming(Koog.prompt("two boots"), Koog.MODEL).subscribe(new Koog.Text(answer));
        assertEquals("sold", answer.get(20, TimeUnit.SECONDS));
        woven.agent().awaitEnds(2);
        assertEquals(
                List.of("begin MODEL", "begin " + Koog.POST, "end " + Koog.POST + " 200", "end MODEL"),
                woven.agent().events());
    }

    @Test
    @Tag("attempts-async")
    void aStreamThatIsMadeAgainIsTries() throws Exception {
        koog.server.fails(503).fails(503).says("sold");
        MultiLLMPromptExecutor executor = new MultiLLMPromptExecutor(koog.retrying());
        Koog.await(Dispatchers.getDefault(), collecting(Koog.stream(executor, "two boots"), () -> {}));
        for (Object each : around) assertEquals("nothing", each);
        List<String> ends = woven.agent().events().stream()
                .filter(event -> !event.startsWith("begin"))
                .map(event -> event.replaceAll(" \\w*Exception", " failed"))
                .toList();
        assertEquals(
                List.of(
                        "end " + Koog.POST + " 503",
                        "end RETRY failed",
                        "end " + Koog.POST + " 503",
                        "end RETRY failed",
                        "end " + Koog.POST + " 200",
                        "end RETRY",
                        "end MODEL"),
                ends);
        Koog.assertTries(woven.agent(), 3);
    }

    /** A flow throws when an item comes in another context than that in which it is collected. */
    @Test
    @Tag("other")
    void aToolMayEmitIntoAFlowAroundTheRun() throws Exception {
        koog.server.calls("call_A", "tell", "{}").says("sold");
        Flow<Object> flow = FlowKt.flow(Suspending.<FlowCollector<? super Object>>of((collector, result, next) -> {
                    Tool<JSONObject, String> telling = Koog.tool(
                            "tell",
                            Suspending.of(
                                    (arguments, nothing, then) -> collector.emit("from the tool", Koog.typed(then)),
                                    (arguments, nothing, then) -> "told"));
                    return koog.agent("clerk", telling).run("two boots", null, Koog.typed(next));
                })
                .typed());
        Koog.await(Dispatchers.getDefault(), collecting(flow, () -> {}));
        assertEquals(List.of("from the tool"), collected);
        assertEquals(List.of("RUN"), woven.agent().parents(CallFacts.Kind.TOOL));
    }
}
