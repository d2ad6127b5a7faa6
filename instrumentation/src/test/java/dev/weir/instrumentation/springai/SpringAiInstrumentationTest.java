package dev.weir.instrumentation.springai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.ScopeFacts;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.example.springai.DecoratedModel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.client.advisor.MessageChatMemoryAdvisor;
import org.springframework.ai.chat.memory.ChatMemory;
import org.springframework.ai.chat.memory.MessageWindowChatMemory;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** Runs, model calls and memory of Spring AI. */
class SpringAiInstrumentationTest extends SpringAiFixture {

    @Test
    @Tag("traced-sync")
    void toolsAreCalledBesideTheModelNotInIt() {
        server.calls("call_1", "weather", "{\"city\":\"Rome\"}").says("no");
        Shop shop = new Shop();
        String answer = client.prompt().user("will it rain?").tools(shop).call().content();
        assertEquals("no", answer);
        assertOneTool(shop);
        for (GenAiFacts each : facts(CallFacts.Kind.MODEL)) assertEquals(0, each.firstChunkNanos());
    }

    @Test
    @Tag("traced-async")
    void streamBeginsWhenItIsSubscribedTo() throws Exception {
        server.calls("call_1", "weather", "{\"city\":\"Rome\"}").says("no");
        Shop shop = new Shop();
        Flux<String> answer =
                client.prompt().user("will it rain?").tools(shop).stream().content();
        assertEvents();
        Object outside = Hooks.capture();
        List<Object> heardIn = new CopyOnWriteArrayList<>();
        assertEquals(
                "no",
                answer.doOnNext(piece -> heardIn.add(String.valueOf(Hooks.capture())))
                        .collectList()
                        .map(pieces -> String.join("", pieces))
                        .block(Duration.ofSeconds(20)));
        woven.agent().awaitEnds(4);
        assertOneTool(shop);
        assertEquals(List.of(String.valueOf(outside)), heardIn);
        // Spring AI 1 keeps to itself what asks for tools.
        assertTrue(facts(CallFacts.Kind.MODEL).get(1).firstChunkNanos() != 0);
        assertTrue(only(CallFacts.Kind.RUN).firstChunkNanos() != 0);
        assertEquals(0, only(CallFacts.Kind.TOOL).firstChunkNanos());
    }

    @Test
    @Tag("traced-async")
    void whoeverHearsOfAStreamGoesOnWithWhatItDid() throws Exception {
        server.says("hello");
        Call cause =
                Hooks.begin(new ScopeFacts(CallFacts.Kind.TOOL, woven.adapter().name(), "cause") {});
        assertNotNull(cause);
        Object inside = Hooks.capture();
        CompletableFuture<Object> heardIn = new CompletableFuture<>();
        client.prompt().user("hi").stream().content().subscribe(piece -> heardIn.complete(Hooks.capture()));
        assertSame(inside, Hooks.capture());
        Hooks.leave(cause);
        assertSame(inside, heardIn.get(20, TimeUnit.SECONDS));
        woven.agent().awaitEnds(2);
        Hooks.end(cause, 0, null);
        assertEquals(List.of("TOOL"), parents(CallFacts.Kind.RUN));
    }

    /** Clients of Spring AI 1 can be subscribed to only once. */
    @Test
    @Tag("traced-async")
    void eachSubscriptionIsACallOfItsOwn() throws Exception {
        server.says("one").says("two");
        Flux<String> answer = model.stream("hi").filter(text -> !text.isEmpty());
        assertEquals("one", answer.blockLast(Duration.ofSeconds(20)));
        assertEquals("two", answer.blockLast(Duration.ofSeconds(20)));
        woven.agent().awaitEnds(2);
        assertEvents("begin MODEL", "end MODEL", "begin MODEL", "end MODEL");
    }

    @Test
    @Tag("traced-async")
    void cancellationEndsWhatIsOpen() throws Exception {
        CountDownLatch secondHalf = new CountDownLatch(1);
        server.says("hello", secondHalf);
        CompletableFuture<String> first = new CompletableFuture<>();
        try {
            Disposable stream = client.prompt().user("hi").stream().content().subscribe(first::complete);
            // Spring AI 1 keeps a piece until it knows the next one.
            if (isTwo()) assertEquals("hello", first.get(20, TimeUnit.SECONDS));
            stream.dispose();
            woven.agent().awaitEnds(2);
        } finally {
            secondHalf.countDown();
        }
        assertEvents("begin RUN", "begin MODEL", "end MODEL CancellationException", "end RUN CancellationException");
    }

    private static boolean isTwo() {
        try {
            Class.forName("org.springframework.ai.openai.api.OpenAiApi");
            return false;
        } catch (ClassNotFoundException two) {
            return true;
        }
    }

    @Test
    @Tag("traced-sync")
    void modelWithoutAClient() {
        server.says("hello");
        ChatResponse response = model.call(new Prompt(new UserMessage("hi")));
        assertEquals("hello", response.getResult().getOutput().getText());
        assertEvents("begin MODEL", "end MODEL");
        GenAiFacts facts = only(CallFacts.Kind.MODEL);
        assertEquals("gpt-x", facts.name());
        assertEquals(List.of("hi"), Arrays.asList(facts.arguments()));
        server.says("hello");
        assertNotNull(model.stream(new Prompt("hi")).blockLast(Duration.ofSeconds(20)));
        assertEquals(2, facts(CallFacts.Kind.MODEL).size());
    }

    @Test
    @Tag("traced-sync")
    void resultForTheUserEndsTheRun() {
        server.calls("call_1", "charge", "{\"card\":\"1234\"}");
        assertEquals(
                "\"charged 1234\"",
                client.prompt().user("pay").tools(new Shop()).call().content());
        assertEvents("begin RUN", "begin MODEL", "end MODEL", "begin TOOL", "end TOOL", "end RUN");
        assertEquals(1, server.requests().size());
        server.calls("call_1", "charge", "{\"card\":\"1234\"}");
        assertEquals(
                "\"charged 1234\"",
                client.prompt().user("pay").tools(new Shop()).stream().content().blockLast(Duration.ofSeconds(20)));
        assertEquals(List.of("RUN", "RUN"), parents(CallFacts.Kind.TOOL));
        assertEquals(List.of("RUN", "RUN"), parents(CallFacts.Kind.MODEL));
    }

    @Test
    @Tag("traced-sync")
    void modelThatDecoratesAnotherIsWhatThePipelineMakesOneOf() {
        server.calls("call_1", "weather", "{\"city\":\"Rome\"}").says("no");
        // As the pipeline does: the inner one is not begun.
        woven.agent()
                .ignore(facts -> facts.kind() == CallFacts.Kind.MODEL
                        && !facts(CallFacts.Kind.MODEL).isEmpty()
                        && woven.agent()
                                .events()
                                .get(woven.agent().events().size() - 1)
                                .equals("begin MODEL"));
        Shop shop = new Shop();
        ChatClient decorated = ChatClient.builder(new DecoratedModel(model)).build();
        assertEquals(
                "no",
                decorated.prompt().user("will it rain?").tools(shop).call().content());
        assertEvents(WITH_ONE_TOOL);
        assertEquals(List.of("RUN"), parents(CallFacts.Kind.TOOL));
        assertEquals(List.of("RUN", "RUN"), parents(CallFacts.Kind.MODEL));
    }

    @Test
    void aModelThatStandsBeforeAnotherIsOfItsProvider() {
        server.says("hello");
        ChatClient decorated = ChatClient.builder(new DecoratedModel(model)).build();
        assertEquals("hello", decorated.prompt().user("hi").call().content());
        assertEquals("openai", only(CallFacts.Kind.MODEL).provider());
    }

    @Test
    @Tag("traced-sync")
    void failureOfTheModelEndsAll() {
        server.fails(400);
        assertThrows(
                RuntimeException.class, () -> client.prompt().user("hi").call().content());
        List<String> events = woven.agent().events();
        assertEquals(4, events.size());
        assertTrue(events.get(2).matches("end MODEL \\w+Exception"), events::toString);
        assertTrue(events.get(3).matches("end RUN \\w+Exception"), events::toString);
        server.fails(400);
        assertThrows(
                RuntimeException.class,
                () -> client.prompt().user("hi").stream().content().blockLast(Duration.ofSeconds(20)));
        assertTrue(
                woven.agent().events().get(6).matches("end MODEL \\w+"),
                woven.agent().events()::toString);
    }

    // ---- memory

    @Test
    @Tag("traced-sync")
    void memoryOfAConversation() {
        server.says("hello").says("again");
        ChatMemory memory = MessageWindowChatMemory.builder().build();
        ChatClient remembering = ChatClient.builder(model)
                .defaultAdvisors(MessageChatMemoryAdvisor.builder(memory).build())
                .build();
        remembering
                .prompt()
                .user("hi")
                .advisors(advisor -> advisor.param(ChatMemory.CONVERSATION_ID, "c-1"))
                .call()
                .content();
        assertEquals("c-1", only(CallFacts.Kind.RUN).conversation());
        List<GenAiFacts> accesses = facts(CallFacts.Kind.MEMORY);
        assertTrue(accesses.size() >= 3, () -> woven.agent().events().toString());
        for (GenAiFacts each : accesses) assertEquals("c-1", each.conversation());
        assertEquals("search_memory", accesses.get(0).operation());
        assertEquals("MessageWindowChatMemory", accesses.get(0).name());
        assertTrue(accesses.stream().anyMatch(each -> each.operation().equals("update_memory")));
        // What it is made of is inside; the pipeline makes one of both.
        for (String parent : parents(CallFacts.Kind.MEMORY)) {
            assertTrue(parent.equals("RUN") || parent.equals("MEMORY"), parent);
        }
        List<Message> remembered = memory.get("c-1");
        assertEquals(2, remembered.size());
        memory.clear("c-1");
        GenAiFacts last =
                facts(CallFacts.Kind.MEMORY).get(facts(CallFacts.Kind.MEMORY).size() - 1);
        assertEquals("delete_memory", last.operation());
    }

    @Test
    void withoutTheAgentNothingIsDone() {
        server.calls("call_1", "weather", "{\"city\":\"Rome\"}").says("no").says("no");
        Hooks.install(null);
        try {
            assertEquals(
                    "no", client.prompt().user("hi").tools(new Shop()).call().content());
            assertInstanceOf(
                    String.class, client.prompt().user("hi").stream().content().blockLast(Duration.ofSeconds(20)));
        } finally {
            Hooks.install(woven.agent());
        }
        assertEvents();
    }
}
