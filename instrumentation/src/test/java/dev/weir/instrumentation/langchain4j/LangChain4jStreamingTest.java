package dev.weir.instrumentation.langchain4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.TokenStream;
import dev.weir.bootstrap.CallFacts.Kind;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.bootstrap.Hooks;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Streamed runs of LangChain4j. */
class LangChain4jStreamingTest extends LangChain4jFixture {

    @Test
    void aStreamedRunIsOverWhenTheModelHasSaidItsLast() throws Exception {
        Tools tools = new Tools();
        server.calls("call_1", "charge", "{\"cents\":5}").says("done now");
        Streaming service = AiServices.builder(Streaming.class)
                .streamingChatModel(streamingModel())
                .tools(tools)
                .build();
        CompletableFuture<String> text = new CompletableFuture<>();
        List<Object> contexts = new CopyOnWriteArrayList<>();
        TokenStream stream = service.ask("charge 5");
        assertEquals(List.of("begin RUN"), events());
        assertNull(Hooks.capture());
        stream.onPartialResponse(piece -> contexts.add(Hooks.capture()))
                .onCompleteResponse(response -> {
                    contexts.add(Hooks.capture());
                    text.complete(response.aiMessage().text());
                })
                .onError(text::completeExceptionally)
                .start();
        assertEquals("done now", text.get(10, TimeUnit.SECONDS));
        woven.agent().awaitEnds(4);
        assertEquals(List.of("RUN Streaming", "MODEL gpt-x", "TOOL charge", "MODEL gpt-x"), names());
        assertEquals(List.of("RUN", "RUN"), woven.agent().parents(Kind.MODEL));
        assertEquals(List.of("RUN"), woven.agent().parents(Kind.TOOL));
        assertEquals("end RUN", events().get(events().size() - 1));
        // What the application is told, it is told inside the run, and not inside a model call.
        for (Object context : contexts) assertEquals(Kind.RUN, kind(context));
        GenAiFacts last = begun(3);
        assertNotEquals(0, last.firstChunkNanos());
        assertEquals("stop", last.finishReason());
        assertEquals(7, last.outputTokens());
    }

    @Test
    void aStreamThatFailsFailsTheRun() throws Exception {
        server.fails(500);
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        AiServices.builder(Streaming.class)
                .streamingChatModel(streamingModel())
                .build()
                .ask("anything")
                .onPartialResponse(piece -> {})
                .onError(failure::complete)
                .start();
        assertNotNull(failure.get(10, TimeUnit.SECONDS));
        woven.agent().awaitEnds(2);
        assertEquals(
                2,
                events().stream()
                        .filter(event -> event.matches("end (MODEL|RUN) .+"))
                        .count());
    }

    @Test
    void aToolsOwnStreamIsNotTheEndOfTheRunThatCalledIt() throws Exception {
        Streaming inner = AiServices.builder(Streaming.class)
                .streamingChatModel(streamingModel())
                .build();
        Object tool = new Object() {
            @Tool("asks another")
            String ask() throws Exception {
                CompletableFuture<String> text = new CompletableFuture<>();
                inner.ask("inside")
                        .onPartialResponse(piece -> {})
                        .onCompleteResponse(
                                response -> text.complete(response.aiMessage().text()))
                        .onError(text::completeExceptionally)
                        .start();
                return text.get(10, TimeUnit.SECONDS);
            }
        };
        server.calls("call_1", "ask", "{}").says("from inside").says("done");
        CompletableFuture<String> text = new CompletableFuture<>();
        AiServices.builder(Streaming.class)
                .streamingChatModel(streamingModel())
                .tools(tool)
                .build()
                .ask("go")
                .onPartialResponse(piece -> {})
                .onCompleteResponse(
                        response -> text.complete(response.aiMessage().text()))
                .onError(text::completeExceptionally)
                .start();
        assertEquals("done", text.get(10, TimeUnit.SECONDS));
        woven.agent().awaitEnds(6);
        assertEquals(List.of("none", "TOOL"), woven.agent().parents(Kind.RUN));
        assertEquals(List.of("RUN", "RUN", "RUN"), woven.agent().parents(Kind.MODEL));
        assertEquals("end RUN", events().get(events().size() - 1));
        assertEquals(2, events().stream().filter("end RUN"::equals).count());
    }

    /** What old versions have no types for. */
    private static final class Newer {
        static void cancelAtTheFirstPiece(TokenStream stream) {
            stream.onPartialResponseWithContext(
                            (piece, context) -> context.streamingHandle().cancel())
                    .onError(error -> {})
                    .start();
        }
    }

    @Test
    void aCancelledStreamIsOver() throws Exception {
        assumeTrue(has(TokenStream.class, "onPartialResponseWithContext"), "came with 1.8");
        CountDownLatch never = new CountDownLatch(1);
        server.says("half", never);
        Streaming service = AiServices.builder(Streaming.class)
                .streamingChatModel(streamingModel())
                .build();
        Newer.cancelAtTheFirstPiece(service.ask("anything"));
        woven.agent().awaitEnds(2);
        assertEquals(
                List.of("end MODEL CancellationException", "end RUN CancellationException"),
                events().stream().filter(event -> event.startsWith("end")).toList());
        never.countDown();
    }

    @Test
    void aStreamIsStartedInsideItsRunWhereverThatIs() throws Exception {
        server.says("done");
        TokenStream stream = AiServices.builder(Streaming.class)
                .streamingChatModel(streamingModel())
                .build()
                .ask("anything");
        CompletableFuture<Object> done = new CompletableFuture<>();
        Thread other = new Thread(() -> stream.onPartialResponse(piece -> {})
                .onCompleteResponse(done::complete)
                .onError(done::completeExceptionally)
                .start());
        other.start();
        done.get(10, TimeUnit.SECONDS);
        woven.agent().awaitEnds(2);
        assertEquals(List.of("RUN"), woven.agent().parents(Kind.MODEL));
    }
}
