package dev.weir.instrumentation.googleadk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.adk.agents.BaseAgent;
import com.google.adk.agents.LlmAgent;
import com.google.adk.agents.ParallelAgent;
import com.google.adk.agents.RunConfig;
import com.google.adk.artifacts.InMemoryArtifactService;
import com.google.adk.events.Event;
import com.google.adk.memory.InMemoryMemoryService;
import com.google.adk.models.BaseLlm;
import com.google.adk.models.LlmRequest;
import com.google.adk.models.LlmResponse;
import com.google.adk.runner.Runner;
import com.google.adk.sessions.BaseSessionService;
import com.google.adk.sessions.InMemorySessionService;
import com.google.adk.sessions.Session;
import com.google.adk.tools.AgentTool;
import com.google.adk.tools.BaseTool;
import com.google.adk.tools.FunctionTool;
import com.google.adk.tools.ToolContext;
import com.google.genai.types.Content;
import com.google.genai.types.FinishReason;
import com.google.genai.types.FunctionCall;
import com.google.genai.types.FunctionDeclaration;
import com.google.genai.types.GenerateContentResponseUsageMetadata;
import com.google.genai.types.Part;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.instrumentation.opentelemetryapi.OpenTelemetryApiInstrumentation;
import dev.weir.instrumentation.rxjava3.RxJava3Instrumentation;
import dev.weir.instrumentation.testing.Woven;
import dev.weir.instrumentation.threads.ThreadsInstrumentation;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Single;
import io.reactivex.rxjava3.disposables.Disposable;
import io.reactivex.rxjava3.schedulers.Schedulers;
import io.reactivex.rxjava3.subjects.SingleSubject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import sample.googleadk.OwnSessions;
import sample.googleadk.ScriptedModel;

/** Real agents of ADK, over a model that says what a test wants. Its wire is in the smoke test. */
public class GoogleAdkInstrumentationTest {

    @RegisterExtension
    final Woven woven = new Woven(
            new GoogleAdkInstrumentation(),
            new RxJava3Instrumentation(),
            new ThreadsInstrumentation(),
            // For the other test here: ADK asks for its tracer only once.
            new OpenTelemetryApiInstrumentation());

    // ---- a model, and what it says

    private static LlmResponse said(Part... parts) {
        return LlmResponse.builder()
                .content(Content.builder().role("model").parts(parts).build())
                .finishReason(new FinishReason("STOP"))
                .modelVersion("gemini-x-001")
                .usageMetadata(GenerateContentResponseUsageMetadata.builder()
                        .promptTokenCount(11)
                        .candidatesTokenCount(7)
                        .thoughtsTokenCount(2)
                        .build())
                .build();
    }

    private static LlmResponse said(String text) {
        return said(Part.fromText(text));
    }

    private static Part call(String name, Map<String, Object> arguments) {
        return Part.builder()
                .functionCall(FunctionCall.builder()
                        .id("call_A")
                        .name(name)
                        .args(arguments)
                        .build())
                .build();
    }

    /** How many answers of tools the model is told. */
    private static int results(LlmRequest request) {
        int results = 0;
        for (Content content : request.contents()) {
            for (Part part : content.parts().orElse(List.of())) {
                if (part.functionResponse().isPresent()) results++;
            }
        }
        return results;
    }

    // ---- tools

    private static Map<String, Object> answer = Map.of();

    /** The methods that agents have as tools. */
    public static final class Tools {

        private Tools() {}

        public static Map<String, Object> charge() {
            return answer;
        }

        public static Map<String, Object> broken() {
            throw new Unlucky();
        }
    }

    /** A tool of the application's own kind. */
    private static final class OwnTool extends BaseTool {

        private final Single<Map<String, Object>> outcome;

        OwnTool(String name, Single<Map<String, Object>> outcome) {
            super(name, "does something");
            this.outcome = outcome;
        }

        @Override
        public Optional<FunctionDeclaration> declaration() {
            return Optional.of(FunctionDeclaration.builder()
                    .name(name())
                    .description(description())
                    .build());
        }

        @Override
        public Single<Map<String, Object>> runAsync(Map<String, Object> arguments, ToolContext context) {
            return outcome;
        }
    }

    private static LlmAgent agent(String name, BaseLlm model, Object... tools) {
        return LlmAgent.builder()
                .name(name)
                .description("does what is asked")
                .instruction("You do what is asked.")
                .model(model)
                .tools(Arrays.asList(tools))
                .build();
    }

    private static Runner runner(BaseAgent agent) {
        return runner(agent, new InMemorySessionService());
    }

    private static Runner runner(BaseAgent agent, BaseSessionService sessions) {
        return new Runner(
                agent, "shop", new InMemoryArtifactService(), sessions, new InMemoryMemoryService(), List.of());
    }

    private static Flowable<Event> events(Runner runner, RunConfig.StreamingMode mode) {
        runner.sessionService()
                .createSession("shop", "customer-7", null, "session-1")
                .blockingGet();
        return runner.runAsync(
                "customer-7",
                "session-1",
                Content.fromParts(Part.fromText("two boots")),
                RunConfig.builder().streamingMode(mode).build());
    }

    private static String ask(Runner runner) {
        List<Event> events =
                events(runner, RunConfig.StreamingMode.NONE).toList().blockingGet();
        return events.get(events.size() - 1).stringifyContent().strip();
    }

    private List<GenAiFacts> begun(CallFacts.Kind kind) {
        return woven.agent().begun().stream()
                .filter(facts -> facts.kind() == kind)
                .map(GenAiFacts.class::cast)
                .toList();
    }

    private List<String> names(CallFacts.Kind kind) {
        return begun(kind).stream().map(GenAiFacts::name).toList();
    }

    // ---- runs, models and tools

    @Test
    @Tag("traced-async")
    void toolsStandBesideModelCallsInTheRun() {
        ScriptedModel model = new ScriptedModel(request -> Flowable.just(
                results(request) == 0
                        ? said(call("charge", Map.of("cents", 500)), call("charge", Map.of("cents", 500)))
                        : said("sold")));
        answer = Map.of("charged", true);
        assertEquals("sold", ask(runner(agent("clerk", model, FunctionTool.create(Tools.class, "charge")))));
        assertEquals(
                List.of(
                        "begin RUN",
                        "begin MODEL",
                        "end MODEL",
                        "begin TOOL",
                        "end TOOL",
                        "begin TOOL",
                        "end TOOL",
                        "begin MODEL",
                        "end MODEL",
                        "end RUN"),
                woven.agent().events());
        assertEquals(List.of("none"), woven.agent().parents(CallFacts.Kind.RUN));
        assertEquals(List.of("RUN", "RUN"), woven.agent().parents(CallFacts.Kind.MODEL));
        assertEquals(List.of("RUN", "RUN"), woven.agent().parents(CallFacts.Kind.TOOL));
        // What the model sends is sent in its call.
        assertEquals(2, model.askedIn.stream().distinct().count());

        GenAiFacts run = begun(CallFacts.Kind.RUN).get(0);
        assertEquals("clerk", run.name());
        assertEquals("session-1", run.conversation());
        assertEquals(List.of("two boots", "customer-7"), Arrays.asList(Objects.requireNonNull(run.arguments())));
        assertEquals("two boots", Objects.requireNonNull(run.input())[0].text);
        assertEquals("sold", Objects.requireNonNull(run.output())[0].text);

        GenAiFacts chat = begun(CallFacts.Kind.MODEL).get(0);
        assertEquals("gemini-x", chat.name());
        assertEquals("gemini-x-001", chat.responseModel());
        assertEquals("stop", chat.finishReason());
        assertEquals(11, chat.inputTokens());
        assertEquals(9, chat.outputTokens());
        assertEquals(0, chat.firstChunkNanos());
        assertEquals(List.of("two boots"), Arrays.asList(Objects.requireNonNull(chat.arguments())));
        GenAiFacts last = begun(CallFacts.Kind.MODEL).get(1);
        assertEquals("sold", Objects.requireNonNull(last.output())[0].text);
        GenAiFacts.Message[] told = Objects.requireNonNull(last.input());
        assertEquals("tool", told[told.length - 1].role);
        assertEquals("{\"charged\":true}", told[told.length - 1].text);

        GenAiFacts charge = begun(CallFacts.Kind.TOOL).get(0);
        assertEquals("charge", charge.name());
        assertEquals("call_A", charge.toolCallId());
        assertEquals("{\"cents\":500}", charge.toolArguments());
        assertEquals("{\"charged\":true}", charge.toolResult());
    }

    @Test
    @Tag("traced-async")
    void streamedAnswerIsOverBeforeItsToolsAreCalled() {
        ScriptedModel model = new ScriptedModel(request -> results(request) == 0
                ? Flowable.just(said(call("charge", Map.of())))
                : Flowable.just(
                        said("sold ").toBuilder().partial(true).build(),
                        said("to you").toBuilder().partial(true).build(),
                        said("sold to you")));
        answer = Map.of("charged", true);
        LlmAgent clerk = agent("clerk", model, FunctionTool.create(Tools.class, "charge"));
        assertNotNull(events(runner(clerk), RunConfig.StreamingMode.SSE).blockingLast());
        assertEquals(
                List.of(
                        "begin RUN",
                        "begin MODEL",
                        "end MODEL",
                        "begin TOOL",
                        "end TOOL",
                        "begin MODEL",
                        "end MODEL",
                        "end RUN"),
                woven.agent().events());
        assertEquals(List.of("RUN"), woven.agent().parents(CallFacts.Kind.TOOL));
        GenAiFacts last = begun(CallFacts.Kind.MODEL).get(1);
        assertTrue(last.firstChunkNanos() != 0);
        assertEquals("sold to you", Objects.requireNonNull(last.output())[0].text);
    }

    @Test
    void failingModelFailsTheRun() {
        Runner runner = runner(agent("clerk", new ScriptedModel(request -> Flowable.error(new Unlucky()))));
        assertThrows(Unlucky.class, () -> ask(runner));
        assertEquals(
                List.of("begin RUN", "begin MODEL", "end MODEL Unlucky", "end RUN Unlucky"),
                woven.agent().events());
    }

    @Test
    void eachSubscriptionIsARun() {
        Runner runner = runner(agent("clerk", new ScriptedModel(request -> Flowable.just(said("sold")))));
        Flowable<Event> events = events(runner, RunConfig.StreamingMode.NONE);
        assertEquals(List.of(), woven.agent().events());
        events.blockingSubscribe();
        events.blockingSubscribe();
        assertEquals(List.of("clerk", "clerk"), names(CallFacts.Kind.RUN));
    }

    // ---- agents of agents

    @Test
    @Tag("concurrent")
    void parallelAgentsAreRunsInTheRun() {
        Function<LlmRequest, Flowable<LlmResponse>> script = request ->
                Flowable.just(results(request) == 0 ? said(call("charge", Map.of("cents", 500))) : said("sold"));
        ParallelAgent both = ParallelAgent.builder()
                .name("both")
                .description("does both")
                .subAgents(
                        agent("boots", new ScriptedModel(script), FunctionTool.create(Tools.class, "charge")),
                        agent("hats", new ScriptedModel(script), FunctionTool.create(Tools.class, "charge")))
                .build();
        assertEquals("sold", ask(runner(both)));
        assertEquals(List.of("none", "RUN", "RUN"), woven.agent().parents(CallFacts.Kind.RUN));
        assertEquals(
                List.of("both", "boots", "hats"),
                names(CallFacts.Kind.RUN).stream()
                        .sorted((one, other) ->
                                one.equals("both") ? -1 : other.equals("both") ? 1 : one.compareTo(other))
                        .toList());
        // Both call it by the same id.
        assertEquals(List.of("RUN", "RUN"), woven.agent().parents(CallFacts.Kind.TOOL));
        assertEquals(List.of("RUN", "RUN", "RUN", "RUN"), woven.agent().parents(CallFacts.Kind.MODEL));
    }

    @Test
    void agentToWhomTheRunGoesOverIsARunInIt() {
        LlmAgent archivist = agent("archivist", new ScriptedModel(request -> Flowable.just(said("written"))));
        LlmAgent clerk = LlmAgent.builder()
                .name("clerk")
                .description("does what is asked")
                .model(new ScriptedModel(request -> Flowable.just(
                        said(call("transfer_to_agent", Map.of("agentName", "archivist", "agent_name", "archivist"))))))
                .subAgents(archivist)
                .build();
        assertEquals("written", ask(runner(clerk)));
        assertEquals(List.of("clerk", "archivist"), names(CallFacts.Kind.RUN));
        assertEquals(List.of("none", "RUN"), woven.agent().parents(CallFacts.Kind.RUN));
        assertEquals(List.of("transfer_to_agent"), names(CallFacts.Kind.TOOL));
    }

    /** The session that ADK makes for it has a random id, which is no part of its identity. */
    @Test
    void agentThatIsAToolIsARunInTheTool() {
        LlmAgent boots = agent("boots", new ScriptedModel(request -> Flowable.just(said("reserved"))));
        ScriptedModel model = new ScriptedModel(request ->
                Flowable.just(results(request) == 0 ? said(call("boots", Map.of("request", "a pair"))) : said("sold")));
        assertEquals("sold", ask(runner(agent("clerk", model, AgentTool.create(boots)))));
        assertEquals(List.of("none", "TOOL"), woven.agent().parents(CallFacts.Kind.RUN));
        GenAiFacts inner = begun(CallFacts.Kind.RUN).get(1);
        assertEquals("boots", inner.name());
        assertEquals(List.of("a pair", "tmp-user"), Arrays.asList(Objects.requireNonNull(inner.arguments())));
    }

    // ---- bad tools

    private static ScriptedModel callingOnce(String tool, Map<String, Object> arguments) {
        return new ScriptedModel(
                request -> Flowable.just(results(request) == 0 ? said(call(tool, arguments)) : said("sold")));
    }

    /** ADK tells the model of it in words, and goes on. */
    @Test
    void methodThatThrows() {
        LlmAgent clerk = agent("clerk", callingOnce("broken", Map.of()), FunctionTool.create(Tools.class, "broken"));
        assertEquals("sold", ask(runner(clerk)));
        assertTrue(
                woven.agent().events().contains("end TOOL tool_error Unlucky"),
                () -> woven.agent().events().toString());
    }

    @Test
    void toolThatFails() {
        LlmAgent clerk = agent(
                "clerk", callingOnce("own", Map.of()), new OwnTool("own", Single.error(new java.io.IOException("no"))));
        assertThrows(RuntimeException.class, () -> ask(runner(clerk)));
        List<String> events = woven.agent().events();
        assertEquals("end TOOL IOException", events.get(4));
        assertEquals(6, events.size(), events::toString);
    }

    /** Nobody tells a tool that nobody waits any more: ADK keeps the events of a step, whoever hears of them. */
    @Test
    void toolThatHangs() throws Exception {
        CountDownLatch called = new CountDownLatch(1);
        SingleSubject<Map<String, Object>> hanging = SingleSubject.create();
        LlmAgent clerk = agent(
                "clerk",
                callingOnce("own", Map.of()),
                new OwnTool("own", hanging.doOnSubscribe(disposable -> called.countDown())));
        Disposable waiting = events(runner(clerk), RunConfig.StreamingMode.NONE)
                .subscribeOn(Schedulers.io())
                .ignoreElements()
                .subscribe();
        assertTrue(called.await(20, TimeUnit.SECONDS));
        waiting.dispose();
        woven.agent().awaitEnds(2);
        hanging.onSuccess(Map.of());
        woven.agent().awaitEnds(3);
        assertEquals("end TOOL", woven.agent().events().get(5));
    }

    @Test
    void toolThatReturnsTenMegabytes() {
        String text = "x".repeat(10 << 20);
        LlmAgent clerk =
                agent("clerk", callingOnce("own", Map.of()), new OwnTool("own", Single.just(Map.of("text", text))));
        assertEquals("sold", ask(runner(clerk)));
        assertEquals(
                "{\"text\":\"\"}".length() + text.length(),
                Objects.requireNonNull(begun(CallFacts.Kind.TOOL).get(0).toolResult())
                        .length());
    }

    @Test
    void malformedCallsOfTools() {
        // A tool that is not there.
        Runner runner =
                runner(agent("clerk", callingOnce("nobody", Map.of()), FunctionTool.create(Tools.class, "charge")));
        events(runner, RunConfig.StreamingMode.NONE).take(3).blockingSubscribe(event -> {}, thrown -> {});
        assertEquals(List.of(), names(CallFacts.Kind.TOOL));
        // An argument that is missing, and one that nobody asked for.
        ScriptedModel model = callingOnce("own", Map.of("list", List.of(1, "two", Map.of("three", 3.5), true)));
        assertEquals("sold", ask(runner(agent("clerk", model, new OwnTool("own", Single.just(Map.of()))))));
        assertEquals(
                "{\"list\":[1,\"two\",{\"three\":3.5},true]}",
                begun(CallFacts.Kind.TOOL).get(0).toolArguments());
    }

    /** What an application puts among arguments is not looked at. */
    @Test
    void jsonOfWhatIsNoJson() {
        Object proxy = new Object() {
            @Override
            public String toString() {
                throw new AssertionError("looked at");
            }
        };
        assertEquals("{\"own\":null}", Json.of(Map.of("own", proxy)));
        assertEquals("{\"text\":\"\\u000a\\\"\"}", Json.of(Map.of("text", "\n\"")));
        assertNull(Json.of(null));
        List<Object> itself = new ArrayList<>();
        itself.add(itself);
        assertNotNull(Json.of(Map.of("list", itself)));
    }

    // ---- sessions

    @Test
    void sessionsThatAreMoreThanACollection() {
        OwnSessions sessions = new OwnSessions();
        Runner runner = runner(agent("clerk", new ScriptedModel(request -> Flowable.just(said("sold")))), sessions);
        assertEquals("sold", ask(runner));
        List<String> operations =
                begun(CallFacts.Kind.MEMORY).stream().map(GenAiFacts::operation).toList();
        assertEquals(List.of("update_memory", "search_memory", "update_memory"), operations.subList(0, 3));
        // ADK 1.0 reads the session once more.
        int read = operations.size() - 3;
        assertTrue(read == 1 || read == 2, operations::toString);
        assertEquals("update_memory", operations.get(operations.size() - 1));
        List<String> parents = woven.agent().parents(CallFacts.Kind.MEMORY);
        assertEquals("none", parents.get(0));
        assertEquals(List.of("RUN"), parents.stream().skip(1).distinct().toList());
        assertEquals(2, sessions.appended.get());
        for (GenAiFacts memory : begun(CallFacts.Kind.MEMORY)) {
            assertEquals("OwnSessions", memory.name());
            assertEquals("session-1", memory.conversation());
        }
        sessions.deleteSession("shop", "customer-7", "session-1").blockingAwait();
        assertEquals(read + 1, sessions.askedIn.size());
        assertEquals(
                "delete_memory",
                begun(CallFacts.Kind.MEMORY).get(operations.size()).operation());
    }

    /** An application need not ask what became of it. */
    @Test
    void eventThatIsAppendedWithoutAsking() {
        OwnSessions sessions = new OwnSessions();
        Session session = sessions.createSession("shop", "customer-7", (Map<String, Object>) null, "session-1")
                .blockingGet();
        int before = woven.agent().events().size();
        sessions.appendEvent(
                session,
                Event.builder().id("1").author("user").invocationId("1").build());
        assertEquals(
                List.of("begin MEMORY", "end MEMORY"), woven.agent().events().subList(before, before + 2));
    }

    private static final class Unlucky extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
