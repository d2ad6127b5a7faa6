package dev.weir.instrumentation.a2a;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.ScopeFacts;
import dev.weir.instrumentation.jdkhttpclient.JdkHttpClientInstrumentation;
import dev.weir.instrumentation.jdkhttpserver.JdkHttpServerInstrumentation;
import dev.weir.instrumentation.testing.RefusingPort;
import dev.weir.instrumentation.testing.Woven;
import dev.weir.instrumentation.threads.ThreadsInstrumentation;
import io.a2a.client.Client;
import io.a2a.client.ClientEvent;
import io.a2a.client.MessageEvent;
import io.a2a.client.TaskEvent;
import io.a2a.client.transport.jsonrpc.JSONRPCTransport;
import io.a2a.client.transport.spi.ClientTransport;
import io.a2a.spec.A2AClientException;
import io.a2a.spec.Event;
import io.a2a.spec.Message;
import io.a2a.spec.MessageSendParams;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import sample.a2a.TransportAround;
import sample.a2a.WeatherAgent;

class A2aInstrumentationTest {

    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    /** What an application has around its calls, and an agent inside. */
    private static final class Step extends ScopeFacts {

        Step(Kind kind, String name) {
            super(kind, A2aInstrumentation.NAME, name);
        }
    }

    @RegisterExtension
    final Woven woven = new Woven(
            new A2aInstrumentation(),
            new ThreadsInstrumentation(),
            new JdkHttpClientInstrumentation(),
            new JdkHttpServerInstrumentation());

    private final List<AutoCloseable> open = new ArrayList<>();
    private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
    private volatile boolean over;

    @BeforeEach
    void followHttp() {
        woven.agent().alsoFollow("jdk-http-client");
        woven.agent().alsoFollow("jdk-http-server");
    }

    @AfterEach
    void close() throws Exception {
        over = true;
        for (int i = open.size() - 1; i >= 0; i--) open.get(i).close();
    }

    private A2aServer serve(WeatherAgent.Body body) throws Exception {
        A2aServer server = new A2aServer(new WeatherAgent.Intercepted(body));
        open.add(server);
        return server;
    }

    private Client client(A2aServer server, boolean streaming) throws Exception {
        Client client = server.client(streaming, (event, card) -> hear(event), this::hear);
        open.add(client::close);
        return client;
    }

    /** An event, or an error; no error is the end of a stream. */
    private void hear(Object event) {
        // The end of a stream may be told after the test that it belongs to.
        if (over) return;
        Hooks.end(Hooks.begin(new Step(CallFacts.Kind.MEMORY, "heard")), 0, null);
        heard.add(event == null ? "end" : event);
    }

    private <T> T next(Class<T> type) throws InterruptedException {
        Object next = heard.poll(30, TimeUnit.SECONDS);
        assertTrue(type.isInstance(next), () -> type + " expected, not " + next);
        return type.cast(next);
    }

    private static void answer(Message message, Consumer<Event> events) {
        Hooks.end(
                Hooks.begin(new Step(CallFacts.Kind.TOOL, Thread.currentThread().getName())), 0, null);
        events.accept(A2aServer.answer("answer to " + Spec.text(message, "messageId"), "sunny"));
    }

    private List<GenAiFacts> runs() {
        return woven.agent().begun().stream()
                .filter(GenAiFacts.class::isInstance)
                .map(GenAiFacts.class::cast)
                .toList();
    }

    private List<String> ends() {
        return woven.agent().events().stream()
                .filter(event -> event.startsWith("end RUN"))
                .toList();
    }

    /** An agent runs here for an agent that runs there, on a thread of its own. */
    @Test
    void theRunThereIsInsideTheRunHere() throws Exception {
        A2aServer server = serve((context, events) -> answer(context.getMessage(), events));
        woven.agent().pull(facts -> {
            if (facts.kind() == CallFacts.Kind.HTTP_CLIENT) facts.setHeader("traceparent", PARENT);
        });
        Client client = client(server, false);
        Call tool = Hooks.begin(new Step(CallFacts.Kind.RETRY, "around"));
        client.sendMessage(A2aServer.message("message-1", "how is the weather?"));
        Hooks.end(tool, 0, null);
        assertEquals("answer to message-1", Spec.text(next(MessageEvent.class).getMessage(), "messageId"));
        woven.agent().awaitEnds(7);
        assertEquals(List.of(PARENT), server.traceparents());
        assertEquals(List.of("RETRY", "HTTP_SERVER"), woven.agent().parents(CallFacts.Kind.RUN));
        assertEquals(List.of("RUN"), woven.agent().parents(CallFacts.Kind.HTTP_CLIENT));
        assertEquals(List.of("RUN"), woven.agent().parents(CallFacts.Kind.TOOL));
        // Whoever hears the answer is not part of the run.
        assertEquals(List.of("RETRY"), woven.agent().parents(CallFacts.Kind.MEMORY));
        assertEquals(List.of("end RUN", "end RUN"), ends());
        GenAiFacts there = runs().get(0);
        GenAiFacts here = runs().get(1);
        assertEquals("weather", there.name());
        assertEquals("Intercepted", here.name());
        String thread = woven.agent().begun().stream()
                .filter(facts -> facts.kind() == CallFacts.Kind.TOOL)
                .map(facts -> ((ScopeFacts) facts).name())
                .findFirst()
                .orElseThrow();
        assertTrue(thread.startsWith("a2a-agent-executor-"), thread);
        for (GenAiFacts run : List.of(there, here)) {
            assertEquals("invoke_agent", run.operation());
            assertArrayEquals(new Object[] {"message-1"}, run.arguments());
            assertEquals("conversation-1", run.conversation());
            assertEquals("user", run.input()[0].role);
            assertEquals("how is the weather?", run.input()[0].text);
            assertEquals("assistant", run.output()[0].role);
            assertEquals("sunny", run.output()[0].text);
        }
    }

    @Test
    void aStreamIsOneRunUntilTheTaskIsDone() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        A2aServer server = serve((context, events) -> {
            events.accept(A2aServer.task(context, "SUBMITTED"));
            events.accept(A2aServer.update(context, "WORKING"));
            try {
                begun.await();
            } catch (InterruptedException closing) {
                Thread.currentThread().interrupt();
            }
            events.accept(A2aServer.update(context, "COMPLETED"));
        });
        Client client = client(server, true);
        Call tool = Hooks.begin(new Step(CallFacts.Kind.RETRY, "around"));
        client.sendMessage(A2aServer.message("message-1", "how is the weather?"));
        Hooks.end(tool, 0, null);
        next(TaskEvent.class);
        next(ClientEvent.class);
        assertEquals(List.of(), ends());
        assertTrue(runs().get(0).firstChunkNanos() > 0);
        begun.countDown();
        next(ClientEvent.class);
        woven.agent().awaitEnds(8);
        assertEquals(List.of("end RUN", "end RUN"), ends());
        assertEquals(List.of("RETRY", "HTTP_SERVER"), woven.agent().parents(CallFacts.Kind.RUN));
        // The worker of the HTTP client tells of the events; they are no part of the exchange.
        assertEquals(
                List.of("RETRY"),
                woven.agent().parents(CallFacts.Kind.MEMORY).stream().distinct().toList());
    }

    @Test
    void aTaskThatFailsIsARunThatFails() throws Exception {
        A2aServer server = serve((context, events) -> events.accept(A2aServer.task(context, "FAILED")));
        client(server, false).sendMessage(A2aServer.message("message-1", "how is the weather?"));
        next(TaskEvent.class);
        woven.agent().awaitEnds(5);
        assertEquals(List.of("end RUN failed", "end RUN failed"), ends());
        client(server, true).sendMessage(A2aServer.message("message-2", "how is the weather?"));
        next(ClientEvent.class);
        woven.agent().awaitEnds(10);
        assertEquals(List.of("end RUN failed"), ends().stream().distinct().toList());
        assertEquals(4, ends().size());
    }

    @Test
    void anAgentThatThrowsIsARunThatFails() throws Exception {
        A2aServer server = serve((context, events) -> {
            throw new IllegalStateException("the agent's own");
        });
        assertThrows(
                A2AClientException.class,
                () -> client(server, false).sendMessage(A2aServer.message("message-1", "how is the weather?")));
        woven.agent().awaitEnds(4);
        assertTrue(ends().contains("end RUN IllegalStateException"), () -> ends().toString());
        assertTrue(ends().contains("end RUN -32603"), () -> ends().toString());
    }

    /** The SDK tells nobody of a connection that fails while it waits for a stream. */
    @Test
    void aConnectionThatFailsEndsTheRun() throws Exception {
        try (RefusingPort server = new RefusingPort()) {
            JSONRPCTransport transport = new JSONRPCTransport(server.url("/"));
            MessageSendParams params = new MessageSendParams(A2aServer.message("message-1", "hello?"), null, null);
            assertThrows(A2AClientException.class, () -> transport.sendMessage(params, null));
            transport.sendMessageStreaming(params, this::hear, this::hear, null);
            woven.agent().awaitEnds(4);
        }
        assertEquals(2, ends().size(), () -> woven.agent().events().toString());
        for (String end : ends()) assertTrue(end.length() > "end RUN".length(), end);
        // Where no card is, nobody knows the agent's name.
        assertEquals("agent", runs().get(0).name());
    }

    @Test
    void aMessageThatIsSentAgainIsTheSameRun() throws Exception {
        A2aServer server = serve((context, events) -> answer(context.getMessage(), events));
        Client client = client(server, false);
        for (String id : List.of("message-1", "message-1", "message-2")) {
            client.sendMessage(A2aServer.message(id, "how is the weather?"));
            next(MessageEvent.class);
        }
        woven.agent().awaitEnds(18);
        List<Object> ids = new ArrayList<>();
        for (GenAiFacts run : runs()) ids.add(run.arguments()[0]);
        assertEquals(List.of("message-1", "message-1", "message-1", "message-1", "message-2", "message-2"), ids);
    }

    /** Applications put transports around transports. */
    @Test
    void aTransportAroundAnotherOneIsOneRun() throws Exception {
        A2aServer server = serve((context, events) -> answer(context.getMessage(), events));
        JSONRPCTransport inner = new JSONRPCTransport(server.url());
        ClientTransport outer = new TransportAround(inner);
        MessageSendParams params = new MessageSendParams(A2aServer.message("message-1", "hello?"), null, null);
        outer.sendMessage(params, null);
        woven.agent().awaitEnds(4);
        assertEquals(List.of("none", "HTTP_SERVER"), woven.agent().parents(CallFacts.Kind.RUN));
        outer.sendMessageStreaming(params, this::hear, this::hear, null);
        next(Message.class);
        woven.agent().awaitEnds(9);
        assertEquals(4, ends().size());
    }

    @Test
    void nothingHappensWhereNobodyListens() throws Exception {
        A2aServer server = serve((context, events) -> answer(context.getMessage(), events));
        woven.agent().ignore(facts -> true);
        client(server, false).sendMessage(A2aServer.message("message-1", "how is the weather?"));
        next(MessageEvent.class);
        client(server, true).sendMessage(A2aServer.message("message-2", "how is the weather?"));
        next(MessageEvent.class);
        assertEquals(List.of(), woven.agent().begun());
    }

    @Test
    void executorsHaveTheNamesThatPeopleGaveThem() {
        assertEquals("Weather", Run.name("com.example.Weather"));
        assertEquals("Weather", Run.name("com.example.Agents$Weather"));
        assertEquals("Agents", Run.name("com.example.Agents$1"));
        assertEquals("Weather", Run.name("com.example.Weather_ClientProxy"));
        assertEquals("Weather", Run.name("com.example.Weather_Subclass"));
        assertEquals("Weather", Run.name("com.example.Weather$$SpringCGLIB$$0"));
        assertEquals("Weather", Run.name("Weather"));
    }
}
