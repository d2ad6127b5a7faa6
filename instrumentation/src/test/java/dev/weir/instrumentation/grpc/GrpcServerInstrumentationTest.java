package dev.weir.instrumentation.grpc;

import static dev.weir.instrumentation.grpc.EchoService.key;
import static dev.weir.instrumentation.grpc.EchoService.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.StringValue;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.testing.Woven;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class GrpcServerInstrumentationTest {

    @RegisterExtension
    final Woven woven = new Woven(new GrpcServerInstrumentation());

    private final EchoService echo = new EchoService();
    /** The context of every callback, by its name. */
    private final List<String> callbacks = new CopyOnWriteArrayList<>();

    private final Set<Object> contexts = ConcurrentHashMap.newKeySet();
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .addService(echo.definition())
                .intercept(new Noting())
                .build()
                .start();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() throws InterruptedException {
        channel.shutdownNow();
        server.shutdownNow();
        assertTrue(channel.awaitTermination(10, TimeUnit.SECONDS));
        assertTrue(server.awaitTermination(10, TimeUnit.SECONDS));
    }

    /** An interceptor of the application that notes in which context it is called back. */
    private final class Noting implements ServerInterceptor {

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            note("call");
            ServerCall.Listener<Q> listener = next.startCall(call, headers);
            return new ServerCall.Listener<>() {
                @Override
                public void onMessage(Q message) {
                    note("message");
                    listener.onMessage(message);
                }

                @Override
                public void onHalfClose() {
                    note("half-close");
                    listener.onHalfClose();
                }

                @Override
                public void onCancel() {
                    note("cancel");
                    listener.onCancel();
                }

                @Override
                public void onComplete() {
                    note("complete");
                    listener.onComplete();
                }

                @Override
                public void onReady() {
                    note("ready");
                    listener.onReady();
                }
            };
        }

        private void note(String callback) {
            callbacks.add(callback);
            Object context = Hooks.capture();
            contexts.add(context == null ? "none" : context);
        }
    }

    private String unary(String text) {
        return unary(channel, text);
    }

    private static String unary(Channel channel, String text) {
        return ClientCalls.blockingUnaryCall(
                        channel,
                        EchoService.UNARY,
                        CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
                        message(text))
                .getValue();
    }

    private static Status failure(org.junit.jupiter.api.function.Executable call) {
        return assertThrows(StatusRuntimeException.class, call).getStatus();
    }

    private CompletableFuture<@Nullable Throwable> both(List<String> texts, boolean complete) throws Exception {
        CompletableFuture<StringValue> answered = new CompletableFuture<>();
        CompletableFuture<@Nullable Throwable> done = new CompletableFuture<>();
        StreamObserver<StringValue> requests = ClientCalls.asyncBidiStreamingCall(
                channel.newCall(EchoService.BOTH, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS)),
                new StreamObserver<>() {
                    @Override
                    public void onNext(StringValue value) {
                        answered.complete(value);
                    }

                    @Override
                    public void onError(Throwable thrown) {
                        done.complete(thrown);
                    }

                    @Override
                    public void onCompleted() {
                        done.complete(null);
                    }
                });
        for (String text : texts) requests.onNext(message(text));
        if (complete) {
            requests.onCompleted();
        } else {
            answered.get(20, TimeUnit.SECONDS);
            requests.onError(new IllegalStateException("no more"));
        }
        return done;
    }

    @Test
    @Tag("traced-sync")
    void callsAreScopes() throws Exception {
        assertEquals("hello", unary("hello"));
        // The caller may have its answer before the server has done with the call.
        woven.agent().awaitEnds(1);
        assertEquals(
                Status.Code.NOT_FOUND, failure(() -> unary("fail NOT_FOUND")).getCode());
        woven.agent().awaitEnds(2);
        assertEquals(
                List.of(
                        "begin served POST /test.Echo/Unary",
                        "replying served POST /test.Echo/Unary",
                        "end served POST /test.Echo/Unary OK",
                        "begin served POST /test.Echo/Unary",
                        "replying served POST /test.Echo/Unary",
                        "end served POST /test.Echo/Unary NOT_FOUND"),
                woven.agent().events());
        HttpFacts facts = (HttpFacts) woven.agent().begun().get(0);
        assertEquals("grpc", facts.rpcSystem());
        assertEquals("http", facts.scheme());
        assertEquals("127.0.0.1", facts.host());
        assertEquals(server.getPort(), facts.port());
        assertEquals("127.0.0.1", facts.peerAddress());
        assertNotNull(facts.header("grpc-timeout"));
        assertNull(facts.header("x-nobody-sent-this"));
    }

    @Test
    @Tag("traced-async")
    void everyCallbackIsInside() throws Exception {
        AtomicReference<Object> inside = new AtomicReference<>();
        echo.work = text -> {
            inside.set(Hooks.capture());
            return text;
        };
        assertNull(both(List.of("one", "two"), true).get(20, TimeUnit.SECONDS));
        woven.agent().awaitEnds(1);
        assertTrue(
                new HashSet<>(callbacks).containsAll(Set.of("call", "ready", "message", "half-close", "complete")),
                callbacks::toString);
        assertNotNull(inside.get());
        assertEquals(Set.of(inside.get()), contexts);
    }

    @Test
    @Tag("traced-async")
    void callsThatTheirPeerGivesUpEnd() throws Exception {
        assertNotNull(both(List.of("one"), false).get(20, TimeUnit.SECONDS));
        woven.agent().awaitEnds(1);
        assertTrue(callbacks.contains("cancel"), callbacks::toString);
        assertEquals(1, contexts.size());
        assertFalse(contexts.contains("none"));
        assertEquals("end served POST /test.Echo/Both CANCELLED", last());
    }

    private String last() {
        List<String> events = woven.agent().events();
        return events.get(events.size() - 1);
    }

    @Test
    @Tag("timeout")
    void callsThatLastTooLongEnd() throws Exception {
        // So that the time does not go by while the channel connects.
        unary("hello");
        Status status = failure(() -> ClientCalls.blockingUnaryCall(
                channel,
                EchoService.UNARY,
                CallOptions.DEFAULT.withDeadlineAfter(2, TimeUnit.SECONDS),
                message("hang")));
        assertEquals(Status.Code.DEADLINE_EXCEEDED, status.getCode());
        woven.agent().awaitEnds(2);
        // Whether the client's reset or the server's own clock comes first is a race.
        assertTrue(last().matches("end served POST /test.Echo/Unary (DEADLINE_EXCEEDED|CANCELLED)"), last());
    }

    @Test
    @Tag("traced-sync")
    void whatTheApplicationThrowsIsKnown() throws Exception {
        assertEquals(Status.Code.UNKNOWN, failure(() -> unary("throw")).getCode());
        woven.agent().awaitEnds(1);
        assertEquals("end served POST /test.Echo/Unary UNKNOWN IllegalStateException", last());
    }

    @Test
    @Tag("header")
    void replyCarriesWhatIsSetAtItsEnd() throws Exception {
        woven.agent().whenReplying(facts -> assertTrue(facts.setResponseHeader("weir-attempts", "3/2/3")));
        AtomicReference<Metadata> headers = new AtomicReference<>();
        AtomicReference<Metadata> trailers = new AtomicReference<>();
        Channel capturing =
                ClientInterceptors.intercept(channel, MetadataUtils.newCaptureMetadataInterceptor(headers, trailers));
        unary(capturing, "hello");
        assertEquals("3/2/3", trailers.get().get(key("weir-attempts")));
        echo.failureTrailers.put(key("x-app"), "mine");
        failure(() -> unary(capturing, "fail NOT_FOUND"));
        assertEquals("3/2/3", trailers.get().get(key("weir-attempts")));
        assertEquals("mine", trailers.get().get(key("x-app")));
        woven.agent().awaitEnds(2);
        assertFalse(woven.agent().begun().get(0).setResponseHeader("too", "late"));
    }

    @Test
    @Tag("header")
    void attemptsThatGrpcCountsAreFacts() throws Exception {
        Metadata own = new Metadata();
        own.put(key("grpc-previous-rpc-attempts"), "2");
        own.put(key("x-twice"), "a");
        own.put(key("x-twice"), "b");
        unary(ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(own)), "hello");
        woven.agent().awaitEnds(1);
        HttpFacts facts = (HttpFacts) woven.agent().begun().get(0);
        assertEquals("2", facts.header("grpc-previous-rpc-attempts"));
        assertFalse(facts.repeatsHeader("grpc-previous-rpc-attempts"));
        assertEquals("a,b", facts.header("X-Twice"));
        assertTrue(facts.repeatsHeader("X-Twice"));
    }

    @Test
    @Tag("denial")
    void deniedCallsDoNotReachTheApplication() throws Exception {
        woven.agent().deny(facts -> true);
        Status status = failure(() -> unary("hello"));
        assertEquals(Status.Code.UNAVAILABLE, status.getCode());
        assertEquals("denied by test", status.getDescription());
        assertEquals(
                "denied by test",
                Status.fromThrowable(both(List.of("one"), true).get(20, TimeUnit.SECONDS))
                        .getDescription());
        woven.agent().denyForTime();
        assertEquals(
                Status.Code.DEADLINE_EXCEEDED, failure(() -> unary("hello")).getCode());
        assertEquals(List.of(), echo.received);
        assertEquals(List.of(), callbacks);
        woven.agent().deny(facts -> false);
        assertEquals("hello", unary("hello"));
        woven.agent().awaitEnds(1);
    }

    @Test
    @Tag("concurrent")
    void concurrentCallsKeepApart() throws Exception {
        Set<Object> seen = ConcurrentHashMap.newKeySet();
        echo.work = text -> {
            Object context = Hooks.capture();
            assertNotNull(context);
            assertTrue(seen.add(context));
            return text;
        };
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                String text = "text " + i;
                running.add(threads.submit(() -> assertEquals(text, unary(text))));
            }
            for (Future<?> each : running) each.get(30, TimeUnit.SECONDS);
        } finally {
            threads.shutdownNow();
        }
        woven.agent().awaitEnds(64);
        assertEquals(64, seen.size());
    }

    @Test
    @Tag("unfollowed")
    void whatIsNotFollowedRunsAsEver() throws Exception {
        woven.agent().ignore(facts -> true);
        assertEquals("hello", unary("hello"));
        woven.agent().follow(false);
        assertEquals("hello", unary("hello"));
        assertEquals(List.of(), woven.agent().events());
    }

    @Test
    void builderThatMakesTwoServersFollowsOnce() throws Exception {
        InProcessServerBuilder builder = InProcessServerBuilder.forName("twice").addService(echo.definition());
        builder.build();
        Server local = builder.build().start();
        ManagedChannel inProcess = InProcessChannelBuilder.forName("twice").build();
        try {
            assertEquals("hello", unary(inProcess, "hello"));
            woven.agent().awaitEnds(1);
            assertEquals(1, woven.agent().begun().size());
            HttpFacts facts = (HttpFacts) woven.agent().begun().get(0);
            assertEquals("localhost", facts.peerAddress());
        } finally {
            inProcess.shutdownNow();
            local.shutdownNow();
        }
    }
}
