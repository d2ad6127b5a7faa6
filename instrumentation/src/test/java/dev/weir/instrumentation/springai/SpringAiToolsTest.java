package dev.weir.instrumentation.springai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.GenAiFacts;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.model.ToolContext;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.definition.ToolDefinition;
import org.springframework.ai.tool.function.FunctionToolCallback;
import org.springframework.ai.tool.metadata.ToolMetadata;
import reactor.core.Disposable;

/** Tools of Spring AI. */
class SpringAiToolsTest extends SpringAiFixture {

    @Test
    @Tag("concurrent")
    void equalIdsAndNamesAreToldApartByTheirArguments() {
        server.calls(
                        "call_A",
                        "weather",
                        "{\"city\":\"Rome\"}",
                        "call_A",
                        "weather",
                        "{\"city\":\"Oslo\"}",
                        "call_B",
                        "weather",
                        "{\"city\":\"Rome\"}")
                .says("no");
        client.prompt().user("will it rain?").tools(new Shop()).call().content();
        List<String> seen = facts(CallFacts.Kind.TOOL).stream()
                .map(each -> each.toolCallId() + " " + each.toolArguments())
                .toList();
        assertEquals(
                List.of("call_A {\"city\":\"Rome\"}", "call_A {\"city\":\"Oslo\"}", "call_B {\"city\":\"Rome\"}"),
                seen);
    }

    @Test
    @Tag("concurrent")
    void agentInAToolIsARunInIt() {
        server.calls("call_1", "weather", "{\"city\":\"Rome\"}")
                .calls("call_1", "weather", "{\"city\":\"Oslo\"}")
                .says("inner")
                .says("outer");
        Shop inner = new Shop();
        Shop shop = new Shop();
        shop.weather =
                city -> client.prompt().user("ask another").tools(inner).call().content();
        assertEquals(
                "outer",
                client.prompt().user("will it rain?").tools(shop).call().content());
        assertEquals(List.of("none", "TOOL"), parents(CallFacts.Kind.RUN));
        assertEquals(List.of("RUN", "RUN"), parents(CallFacts.Kind.TOOL));
        assertEquals(
                List.of("call_1", "call_1"),
                facts(CallFacts.Kind.TOOL).stream().map(GenAiFacts::toolCallId).toList());
        assertEquals(4, facts(CallFacts.Kind.MODEL).size());
    }

    @Test
    @Tag("traced-sync")
    void toolThatThrows() {
        server.calls("call_1", "weather", "{\"city\":\"Rome\"}").says("sorry");
        Shop shop = new Shop();
        shop.weather = city -> {
            throw new Unlucky();
        };
        assertEquals(
                "sorry",
                client.prompt().user("will it rain?").tools(shop).call().content());
        assertEquals("end TOOL Unlucky", woven.agent().events().get(4));
        assertEquals(8, woven.agent().events().size());
    }

    @Test
    @Tag("traced-async")
    void toolThatHangsUntilTheStreamIsGivenUp() throws Exception {
        server.calls("call_1", "weather", "{\"city\":\"Rome\"}");
        CompletableFuture<Thread> called = new CompletableFuture<>();
        CountDownLatch givenUp = new CountDownLatch(1);
        Shop shop = new Shop();
        shop.weather = city -> {
            called.complete(Thread.currentThread());
            try {
                assertTrue(givenUp.await(20, TimeUnit.SECONDS));
                return "late";
            } catch (InterruptedException e) {
                throw new Unlucky();
            }
        };
        Disposable stream = client.prompt().user("will it rain?").tools(shop).stream()
                .content()
                .subscribe();
        Thread thread = called.get(20, TimeUnit.SECONDS);
        stream.dispose();
        givenUp.countDown();
        woven.agent().awaitEnds(3);
        assertEquals(
                List.of("begin RUN", "begin MODEL", "end MODEL", "begin TOOL"),
                woven.agent().events().subList(0, 4));
        assertTrue(woven.agent().events().contains("end RUN CancellationException"));
        // The tool may be interrupted, and the model may be asked once more, in vain. Whatever is begun ends.
        awaitIdle(thread);
    }

    /** Waits until the thread of a pool has no task. */
    private static void awaitIdle(Thread thread) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (thread.isAlive()
                && Arrays.stream(thread.getStackTrace())
                        .noneMatch(frame -> frame.getMethodName().equals("getTask"))) {
            assertTrue(System.nanoTime() < deadline, thread + " goes on");
            thread.join(5);
        }
    }

    @Test
    @Tag("traced-sync")
    void toolThatReturnsTenMegabytes() {
        server.calls("call_1", "weather", "{\"city\":\"Rome\"}").says("much");
        Shop shop = new Shop();
        shop.weather = city -> "x".repeat(10 << 20);
        assertEquals(
                "much", client.prompt().user("will it rain?").tools(shop).call().content());
        assertEvents(WITH_ONE_TOOL);
        assertEquals((10 << 20) + 2, only(CallFacts.Kind.TOOL).toolResult().length());
    }

    @Test
    @Tag("traced-sync")
    void malformedCallsOfTools() throws Exception {
        server.calls("call_1", "weather", "{\"city\":").says("sorry");
        assertEquals(
                List.of("begin TOOL", "end TOOL"),
                eventsOfMalformed().stream()
                        .filter(event -> event.contains("TOOL"))
                        .map(event -> event.replaceFirst("(end TOOL) \\w+", "$1"))
                        .toList());
        assertEquals("{\"city\":", only(CallFacts.Kind.TOOL).toolArguments());
        anotherServer();
        server.calls("call_1", "no_such_tool", "{}");
        assertTrue(eventsOfMalformed().stream().noneMatch(event -> event.contains("no_such_tool")));
        assertEquals(1, facts(CallFacts.Kind.TOOL).size());
        anotherServer();
        server.calls("call_1", "weather", "").says("sorry");
        eventsOfMalformed();
        assertEquals("{}", facts(CallFacts.Kind.TOOL).get(1).toolArguments());
        assertEquals("call_1", facts(CallFacts.Kind.TOOL).get(1).toolCallId());
    }

    /** Without what was left unsaid. */
    private void anotherServer() throws Exception {
        stop();
        start();
    }

    /** Spring AI tells the model of it, or throws. */
    private List<String> eventsOfMalformed() {
        try {
            client.prompt().user("will it rain?").tools(new Shop()).call().content();
        } catch (RuntimeException thrown) {
            assertTrue(woven.agent().events().stream().anyMatch(event -> event.matches("end RUN \\w+")));
        }
        return woven.agent().events();
    }

    @Test
    @Tag("traced-sync")
    void formsOfATool() {
        FunctionToolCallback<String, String> tool = FunctionToolCallback.builder("echo", (String said) -> said)
                .inputType(String.class)
                .build();
        assertEquals("\"a\"", tool.call("\"a\""));
        assertEquals("\"b\"", tool.call("\"b\"", null));
        ToolCallback wrapped = new Wrapped(tool);
        assertEquals("\"c\"", wrapped.call("\"c\""));
        assertEquals("\"d\"", wrapped.call("\"d\"", new ToolContext(java.util.Map.of())));
        assertEquals(
                List.of("\"a\"", "\"b\"", "\"c\"", "\"d\""),
                facts(CallFacts.Kind.TOOL).stream()
                        .map(GenAiFacts::toolArguments)
                        .toList());
        for (GenAiFacts each : facts(CallFacts.Kind.TOOL)) {
            assertEquals("echo", each.name());
            assertNull(each.toolCallId());
        }
    }

    /** A tool that stands for another, as those of many libraries do. */
    private static final class Wrapped implements ToolCallback {

        private final ToolCallback tool;

        Wrapped(ToolCallback tool) {
            this.tool = tool;
        }

        @Override
        public ToolDefinition getToolDefinition() {
            return tool.getToolDefinition();
        }

        @Override
        public ToolMetadata getToolMetadata() {
            return tool.getToolMetadata();
        }

        @Override
        public String call(String input) {
            return tool.call(input);
        }

        @Override
        public String toString() {
            return "wrapped " + this;
        }
    }
}
