package dev.weir.instrumentation.langchain4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.tool.ToolExecutor;
import dev.weir.bootstrap.CallFacts.Kind;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.bootstrap.Hooks;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import sample.langchain4j.MapMemoryStore;
import sample.langchain4j.OwnChatModel;
import sample.langchain4j.PersistentToolExecutor;

/** Runs, model calls, tools and memory of services of LangChain4j. */
class LangChain4jInstrumentationTest extends LangChain4jFixture {

    @Test
    void aRunHasItsModelCallsAndToolsInsideOneAfterTheOther() {
        Tools tools = new Tools();
        server.calls("call_1", "charge", "{\"cents\": 5}").says("done");
        assertEquals("done", clerk(tools).ask("charge 5"));
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
                events());
        assertEquals(List.of("RUN Clerk", "MODEL gpt-x", "TOOL charge", "MODEL gpt-x"), names());
        assertEquals(List.of("RUN", "RUN"), woven.agent().parents(Kind.MODEL));
        assertEquals(List.of("RUN"), woven.agent().parents(Kind.TOOL));
        assertEquals(Kind.TOOL, kind(tools.contexts.get(0)));

        GenAiFacts run = begun(0);
        assertEquals("invoke_agent", run.operation());
        assertNull(run.conversation());
        assertEquals("[ask, [charge 5]]", Arrays.deepToString(run.arguments()));
        GenAiFacts first = begun(1);
        assertEquals("chat", first.operation());
        assertEquals("openai", first.provider());
        assertEquals("gpt-x-2026", first.responseModel());
        assertEquals("chatcmpl-1", first.responseId());
        assertEquals("tool_calls", first.finishReason());
        assertEquals(11, first.inputTokens());
        assertEquals(7, first.outputTokens());
        assertEquals(0, first.firstChunkNanos());
        assertEquals("[charge 5]", Arrays.toString(first.arguments()));
        assertEquals(List.of("user: charge 5"), texts(first.input()));
        assertEquals(List.of("assistant: charge {\"cents\": 5}"), texts(first.output()));
        GenAiFacts tool = begun(2);
        assertEquals("execute_tool", tool.operation());
        assertEquals("call_1", tool.toolCallId());
        assertEquals("{\"cents\": 5}", tool.toolArguments());
        assertEquals("charged 5", tool.toolResult());
        GenAiFacts second = begun(3);
        assertEquals("stop", second.finishReason());
        assertNull(second.arguments());
        assertEquals(
                List.of("user: charge 5", "assistant: charge {\"cents\": 5}", "tool: charged 5"),
                texts(second.input()));
        assertEquals(List.of("assistant: done"), texts(second.output()));
    }

    @Test
    void whatEveryObjectCanDoIsNoRun() {
        Clerk clerk = clerk(new Tools());
        // In 1.0 it is not equal to itself.
        clerk.equals(clerk);
        assertEquals(clerk.hashCode(), clerk.hashCode());
        assertFalse(clerk.toString().isEmpty());
        assertEquals(List.of(), events());
    }

    @Test
    void aDefaultMethodIsTheRunThatItCalls() {
        assumeTrue(atLeast("dev.langchain4j.invocation.InvocationContext"), "default methods came with 1.5");
        server.says("yes");
        assertEquals("yes", clerk().politely("may I?"));
        assertEquals(List.of("RUN Clerk", "MODEL gpt-x"), names());
    }

    @Test
    void aModelThatFailsFailsTheCallAndTheRun() {
        server.fails(500);
        assertThrows(RuntimeException.class, () -> clerk().ask("anything"));
        assertEquals(
                2,
                events().stream()
                        .filter(event -> event.matches("end (MODEL|RUN) .*Exception"))
                        .count());
    }

    @Test
    void aToolThatFailsFailsThoughTheModelIsToldOfItInWords() {
        server.calls("call_1", "refund", "{\"cents\": 5}").says("sorry");
        assertEquals("sorry", clerk(new Tools()).ask("refund 5"));
        assertTrue(events().contains("end TOOL tool_error IllegalStateException"), () -> events().toString());
        assertTrue(events().contains("end RUN"), () -> events().toString());
        assertTrue(server.requests().get(1).contains("no money left"));
    }

    @Test
    void argumentsThatAreNoJsonAreTheToolCallsFailure() {
        server.calls("call_1", "charge", "{\"cents\": fi").says("sorry");
        try {
            assertEquals("sorry", clerk(new Tools()).ask("charge"));
        } catch (RuntimeException e) {
            // Some versions tell the model, some the application.
        }
        assertEquals("{\"cents\": fi", begun(2).toolArguments());
        assertTrue(
                events().stream().anyMatch(event -> event.startsWith("end TOOL tool_error ")),
                () -> events().toString());
    }

    @Test
    void aToolNobodyKnowsIsNotCalled() {
        server.calls("call_1", "launch", "{}");
        assertThrows(RuntimeException.class, () -> clerk(new Tools()).ask("launch"));
        assertEquals(List.of("RUN Clerk", "MODEL gpt-x"), names());
    }

    @Test
    void longResultsAndEqualIdsOfTwoCallsAreNoMatter() {
        server.calls("call_A", "flood", "{}", "call_A", "flood", "{}").says("much");
        assertEquals("much", clerk(new Tools()).ask("flood"));
        assertEquals(List.of("RUN Clerk", "MODEL gpt-x", "TOOL flood", "TOOL flood", "MODEL gpt-x"), names());
        assertEquals(10_000_000, begun(3).toolResult().length());
    }

    @Test
    void toolsOnOtherThreadsAreInsideTheRun() {
        assumeTrue(has(AiServices.class, "executeToolsConcurrently"), "came with 1.4");
        Tools tools = new Tools();
        server.calls("call_1", "meet", "{\"name\":\"a\"}", "call_2", "meet", "{\"name\":\"b\"}")
                .says("met");
        Clerk clerk = AiServices.builder(Clerk.class)
                .chatModel(model())
                .tools(tools)
                .executeToolsConcurrently(task -> {
                    // What the adapter of threads does.
                    Object context = Hooks.capture();
                    new Thread(() -> {
                                Object before = Hooks.enter(context);
                                try {
                                    task.run();
                                } finally {
                                    Hooks.exit(before);
                                }
                            })
                            .start();
                })
                .build();
        assertEquals("met", clerk.ask("meet"));
        assertEquals(List.of("RUN", "RUN"), woven.agent().parents(Kind.TOOL));
        assertEquals(List.of("RUN", "RUN"), woven.agent().parents(Kind.MODEL));
    }

    @Test
    void anExecutorThatIsALambdaIsAToolToo() {
        assumeTrue(atLeast("dev.langchain4j.service.tool.ToolExecutionErrorHandler"), "came with 1.4");
        ToolSpecification specification =
                ToolSpecification.builder().name("ping").description("pings").build();
        ToolExecutor executor = (request, memoryId) -> "pong";
        server.calls("call_1", "ping", "{}").says("ponged");
        Clerk clerk = AiServices.builder(Clerk.class)
                .chatModel(model())
                .tools(Map.of(specification, executor))
                .build();
        assertEquals("ponged", clerk.ask("ping"));
        assertEquals(List.of("RUN Clerk", "MODEL gpt-x", "TOOL ping", "MODEL gpt-x"), names());
        assertEquals("pong", begun(2).toolResult());
    }

    @Test
    void anExecutorThatCallsAnotherAgainIsOneCall() {
        ToolExecutionRequest request = ToolExecutionRequest.builder()
                .id("call_1")
                .name("ping")
                .arguments("{}")
                .build();
        ToolExecutor again = new PersistentToolExecutor(new PersistentToolExecutor.Flaky());
        assertEquals("call 2", again.execute(request, "default"));
        assertEquals(List.of("begin TOOL", "end TOOL"), events());
    }

    @Test
    void aStoreOfChatMemoryIsReadAndWrittenInsideTheRun() {
        MapMemoryStore store = new MapMemoryStore();
        server.says("hello");
        Remembering service = AiServices.builder(Remembering.class)
                .chatModel(model())
                .chatMemoryProvider(id -> MessageWindowChatMemory.builder()
                        .id(id)
                        .maxMessages(10)
                        .chatMemoryStore(store)
                        .build())
                .build();
        assertEquals("hello", service.ask("customer-7", "hi"));
        store.deleteMessages("customer-7");
        assertEquals("customer-7", begun(0).conversation());
        List<GenAiFacts> accesses = woven.agent().begun().stream()
                .filter(facts -> facts.kind() == Kind.MEMORY)
                .map(GenAiFacts.class::cast)
                .toList();
        assertTrue(accesses.size() > 2);
        List<String> parents = woven.agent().parents(Kind.MEMORY);
        for (int i = 0; i < accesses.size(); i++) {
            assertEquals("MapMemoryStore", accesses.get(i).name());
            assertEquals("customer-7", accesses.get(i).conversation());
            assertEquals(i == accesses.size() - 1 ? "none" : "RUN", parents.get(i));
        }
        assertEquals(
                List.of("delete_memory", "search_memory", "update_memory"),
                accesses.stream().map(GenAiFacts::operation).distinct().sorted().toList());
        assertEquals("delete_memory", accesses.get(accesses.size() - 1).operation());
    }

    @Test
    void memoryThatIsACollectionInThisJvmIsNoAccess() {
        server.says("hello");
        Remembering service = AiServices.builder(Remembering.class)
                .chatModel(model())
                .chatMemoryProvider(id -> MessageWindowChatMemory.withMaxMessages(10))
                .build();
        assertEquals("hello", service.ask("customer-7", "hi"));
        assertEquals(List.of(), woven.agent().parents(Kind.MEMORY));
    }

    @Test
    void embeddingsAreModelCalls() {
        OpenAiEmbeddingModel model = OpenAiEmbeddingModel.builder()
                .baseUrl(server.url())
                .apiKey("none")
                .modelName("embed-x")
                .maxRetries(0)
                .build();
        model.embed("text");
        GenAiFacts facts = begun(0);
        assertEquals("embeddings", facts.operation());
        assertEquals(has(EmbeddingModel.class, "modelName") ? "embed-x" : "", facts.name());
        assertEquals(3, facts.inputTokens());
        assertEquals(Kind.MODEL, facts.kind());
    }

    @Test
    void anApplicationsModelNeedNotSayAnything() {
        assertEquals(
                "own",
                AiServices.builder(Clerk.class)
                        .chatModel(new OwnChatModel())
                        .build()
                        .ask("who?"));
        GenAiFacts facts = begun(1);
        assertEquals("", facts.name());
        assertNull(facts.provider());
        assertNull(facts.finishReason());
        assertEquals(-1, facts.inputTokens());
        assertEquals(List.of("assistant: own"), texts(facts.output()));

        OwnChatModel secretive = new OwnChatModel();
        secretive.secretive = true;
        assertEquals("own", secretive.doChat(question("who?")).aiMessage().text());
        assertNull(begun(2).provider());
    }

    @Test
    void runsAtTheSameTimeAreApart() throws Exception {
        int agents = 4;
        for (int i = 0; i < agents; i++) server.says("done");
        Clerk clerk = clerk();
        Consumer<Integer> ask = i -> clerk.ask("question " + i);
        List<Thread> threads = Stream.iterate(0, i -> i + 1)
                .limit(agents)
                .map(i -> new Thread(() -> ask.accept(i)))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) thread.join();
        assertEquals(Collections.nCopies(agents, "RUN"), woven.agent().parents(Kind.MODEL));
        assertEquals(Collections.nCopies(agents, "none"), woven.agent().parents(Kind.RUN));
    }

    @Test
    void anAnswerInTheFutureIsTheEndOfItsCall() throws Exception {
        assumeTrue(has(ChatModel.class, "doChatAsync"), "came with 1.20");
        OwnChatModel model = new OwnChatModel();
        Method chatAsync = ChatModel.class.getMethod("chatAsync", ChatRequest.class);
        CompletableFuture<?> answer = (CompletableFuture<?>) chatAsync.invoke(model, question("who?"));
        assertEquals(List.of("begin MODEL"), events());
        assertNull(Hooks.capture());
        model.later.complete(OwnChatModel.answer("later"));
        assertNotNull(answer.get(10, TimeUnit.SECONDS));
        assertEquals(List.of("begin MODEL", "end MODEL"), events());
        assertEquals(List.of("assistant: later"), texts(begun(0).output()));
    }
}
