package dev.weir.instrumentation.grpc;

import static dev.weir.instrumentation.grpc.EchoService.key;
import static dev.weir.instrumentation.grpc.EchoService.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.StringValue;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.HttpFacts;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class GrpcClientInstrumentationTest extends GrpcClientAttempts {

    // ---- traced

    @Test
    @Tag("traced-sync")
    void blockingCallsAreSeen() throws Exception {
        assertEquals("hello", unary("hello"));
        assertEquals("not found", failureCode("fail NOT_FOUND"));
        Iterator<StringValue> down =
                ClientCalls.blockingServerStreamingCall(channel, EchoService.DOWN, CallOptions.DEFAULT, message("d"));
        for (int i = 0; i < 3; i++) assertEquals("d", down.next().getValue());
        assertFalse(down.hasNext());
        woven.agent().awaitEnds(3);
        assertEquals(
                List.of(
                        "begin POST /test.Echo/Unary",
                        "end POST /test.Echo/Unary OK",
                        "begin POST /test.Echo/Unary",
                        "end POST /test.Echo/Unary NOT_FOUND",
                        "begin POST /test.Echo/Down",
                        "end POST /test.Echo/Down OK"),
                woven.agent().events());
        HttpFacts facts = (HttpFacts) woven.agent().begun().get(0);
        assertEquals("grpc", facts.rpcSystem());
        assertEquals("127.0.0.1", facts.host());
        assertEquals(server.getPort(), facts.port());
        assertTrue(facts.waits());
    }

    private String failureCode(String text) {
        return failure(() -> unary(text))
                .getStatus()
                .getCode()
                .name()
                .toLowerCase()
                .replace('_', ' ');
    }

    @Test
    @Tag("traced-async")
    void everyOtherFormIsSeen() throws Exception {
        assertEquals("f", future("f").get(20, TimeUnit.SECONDS).getValue());
        assertEquals(List.of("a"), async("a").await());
        Collected up = new Collected();
        StreamObserver<StringValue> upward =
                ClientCalls.asyncClientStreamingCall(channel.newCall(EchoService.UP, CallOptions.DEFAULT), up);
        upward.onNext(message("u"));
        upward.onNext(message("p"));
        upward.onCompleted();
        assertEquals(List.of("up"), up.await());
        Collected both = new Collected();
        StreamObserver<StringValue> bothWays =
                ClientCalls.asyncBidiStreamingCall(channel.newCall(EchoService.BOTH, CallOptions.DEFAULT), both);
        bothWays.onNext(message("b"));
        bothWays.onNext(message("c"));
        bothWays.onCompleted();
        assertEquals(List.of("b", "c"), both.await());
        woven.agent().awaitEnds(4);
        assertEquals(
                List.of(
                        "begin POST /test.Echo/Unary",
                        "end POST /test.Echo/Unary OK",
                        "begin POST /test.Echo/Unary",
                        "end POST /test.Echo/Unary OK",
                        "begin POST /test.Echo/Up",
                        "end POST /test.Echo/Up OK",
                        "begin POST /test.Echo/Both",
                        "end POST /test.Echo/Both OK"),
                woven.agent().events());
        for (CallFacts facts : woven.agent().begun()) assertFalse(facts.waits());
    }

    @Test
    @Tag("traced-async")
    void whoIsCalledBackIsInsideWhatCausedTheCall() throws Exception {
        Call scope = scope();
        Object cause = Hooks.capture();
        Collected collected = async("wait");
        Hooks.leave(scope);
        echo.release();
        collected.await();
        Hooks.end(scope, 0, null);
        woven.agent().awaitEnds(2);
        assertEquals(List.of(cause, cause), collected.contexts);
    }

    @Test
    @Tag("traced-async")
    void cancelledCallEnds() throws Exception {
        ListenableFuture<StringValue> future = future("hang");
        future.cancel(true);
        woven.agent().awaitEnds(1);
        assertEquals(
                "end POST /test.Echo/Unary CANCELLED", woven.agent().events().get(1));
    }

    @Test
    @Tag("traced-sync")
    void nobodyThere() throws Exception {
        server.shutdownNow().awaitTermination();
        StatusRuntimeException thrown = failure(() -> unary("hello"));
        assertEquals(Status.Code.UNAVAILABLE, thrown.getStatus().getCode());
        woven.agent().awaitEnds(1);
        String end = woven.agent().events().get(woven.agent().events().size() - 1);
        assertTrue(end.startsWith("end POST /test.Echo/Unary UNAVAILABLE"), end);
    }

    @Test
    @Tag("traced-sync")
    void callOutOfACallbackIsACallOfItsOwn() throws Exception {
        CompletableFuture<String> inner = new CompletableFuture<>();
        ExecutorService direct = Executors.newSingleThreadExecutor();
        try {
            ClientCalls.asyncUnaryCall(
                    channel.newCall(EchoService.UNARY, CallOptions.DEFAULT.withExecutor(direct)),
                    message("outer"),
                    new StreamObserver<>() {
                        @Override
                        public void onNext(StringValue value) {
                            inner.complete(unary("inner"));
                        }

                        @Override
                        public void onError(Throwable thrown) {
                            inner.completeExceptionally(thrown);
                        }

                        @Override
                        public void onCompleted() {}
                    });
            assertEquals("inner", inner.get(20, TimeUnit.SECONDS));
            woven.agent().awaitEnds(2);
        } finally {
            direct.shutdownNow();
        }
        assertEquals(2, woven.agent().begun().size());
    }

    @Test
    @Tag("traced-sync")
    void whatAnInterceptorRepeatsIsACallOfItsOwn() throws Exception {
        Channel repeating = ClientInterceptors.intercept(channel, new ClientInterceptor() {
            @Override
            public <Q, R> ClientCall<Q, R> interceptCall(
                    MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
                // A call for a token before the call itself.
                unary(next, CallOptions.DEFAULT, "token");
                return next.newCall(method, options);
            }
        });
        assertEquals("hello", unary(repeating, CallOptions.DEFAULT, "hello"));
        woven.agent().awaitEnds(2);
        assertEquals(2, woven.agent().begun().size());
    }

    // ---- headers

    @Test
    @Tag("header")
    void headersArrive() throws Exception {
        Metadata own = new Metadata();
        own.put(key("x-app"), "mine");
        Channel with = ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(own));
        woven.agent().pull(facts -> {
            assertEquals("mine", facts.header("X-App"));
            assertNull(facts.header("traceparent"));
            assertTrue(facts.setHeader("traceparent", "from-weir"));
            assertEquals("from-weir", facts.header("Traceparent"));
            assertTrue(facts.replaceHeader("X-App", "replaced"));
            assertTrue(facts.setHeader("Idempotency-Key", "k"));
        });
        assertEquals("from-weir", unary(with, CallOptions.DEFAULT, "header traceparent"));
        assertEquals("replaced", unary(with, CallOptions.DEFAULT, "header x-app"));
        assertEquals("k", unary(with, CallOptions.DEFAULT, "header idempotency-key"));
        woven.agent().awaitEnds(3);
    }

    @Test
    @Tag("header")
    void headersOfTheApplicationStayItsOwn() throws Exception {
        woven.agent().pull(facts -> assertTrue(facts.setHeader("traceparent", "from-weir")));
        Metadata again = new Metadata();
        for (int i = 0; i < 2; i++) {
            ClientCall<StringValue, StringValue> call = channel.newCall(EchoService.UNARY, CallOptions.DEFAULT);
            CountDownLatch closed = new CountDownLatch(1);
            call.start(
                    new ClientCall.Listener<>() {
                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            closed.countDown();
                        }
                    },
                    again);
            call.request(1);
            call.sendMessage(message("hello"));
            call.halfClose();
            assertTrue(closed.await(20, TimeUnit.SECONDS));
            assertNull(again.get(TRACEPARENT));
        }
        woven.agent().awaitEnds(2);
        for (Metadata received : echo.received) assertEquals("from-weir", received.get(TRACEPARENT));
    }

    @Test
    @Tag("header")
    void trailersAndReplyHeadersAreFacts() throws Exception {
        echo.failureTrailers.put(key("grpc-retry-pushback-ms"), "1500");
        failure(() -> unary("fail UNAVAILABLE"));
        woven.agent().awaitEnds(1);
        CallFacts facts = woven.agent().begun().get(0);
        assertEquals("1500", facts.responseHeader("grpc-retry-pushback-ms"));
        assertNull(facts.responseHeader("weir-attempts"));
        unary("hello");
        woven.agent().awaitEnds(2);
        assertNotNull(woven.agent().begun().get(1).responseHeader("grpc-accept-encoding"));
    }

    // ---- time

    @Test
    @Tag("timeout")
    void limitBecomesTheDeadlineThatTheServerIsTold() throws Exception {
        woven.agent().pull(facts -> assertTrue(facts.limit(20_000)));
        assertTimeout(unary("header grpc-timeout"), 20_000);
        assertTimeout(
                unary(channel, CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS), "header grpc-timeout"),
                20_000);
        assertTimeout(
                unary(channel, CallOptions.DEFAULT.withDeadlineAfter(5, TimeUnit.SECONDS), "header grpc-timeout"),
                5_000);
        woven.agent().awaitEnds(3);
    }

    private static void assertTimeout(String told, long most) {
        assertTrue(told.endsWith("u") || told.endsWith("n") || told.endsWith("m"), told);
        long amount = Long.parseLong(told.substring(0, told.length() - 1));
        long millis = told.endsWith("u") ? amount / 1_000 : told.endsWith("n") ? amount / 1_000_000 : amount;
        assertTrue(millis <= most && millis > most - 4_000, told);
    }

    @Test
    @Tag("timeout")
    void limitEndsACallThatGetsNoAnswer() throws Exception {
        woven.agent().pull(facts -> assertTrue(facts.limit(200)));
        StatusRuntimeException thrown = failure(() -> unary("hang"));
        assertEquals(Status.Code.DEADLINE_EXCEEDED, thrown.getStatus().getCode());
        thrown = failure(() -> async("hang").await());
        assertEquals(Status.Code.DEADLINE_EXCEEDED, thrown.getStatus().getCode());
        Collected both = new Collected();
        StreamObserver<StringValue> neverEnds =
                ClientCalls.asyncBidiStreamingCall(channel.newCall(EchoService.BOTH, CallOptions.DEFAULT), both);
        neverEnds.onNext(message("one"));
        thrown = failure(both::await);
        assertEquals(Status.Code.DEADLINE_EXCEEDED, thrown.getStatus().getCode());
        woven.agent().awaitEnds(3);
        assertEquals(
                3,
                woven.agent().events().stream()
                        .filter(event -> event.endsWith(" DEADLINE_EXCEEDED"))
                        .count());
    }

    @Test
    @Tag("timeout")
    void ownDeadlineIsAFact() throws Exception {
        unary(channel, CallOptions.DEFAULT.withDeadlineAfter(70, TimeUnit.SECONDS), "a");
        Context.CancellableContext around = Context.current()
                .withDeadlineAfter(7, TimeUnit.SECONDS, Executors.newSingleThreadScheduledExecutor(task -> {
                    Thread thread = new Thread(task);
                    thread.setDaemon(true);
                    return thread;
                }));
        around.run(() -> unary(channel, CallOptions.DEFAULT.withDeadlineAfter(70, TimeUnit.SECONDS), "b"));
        around.cancel(null);
        unary("c");
        woven.agent().awaitEnds(3);
        List<CallFacts> begun = woven.agent().begun();
        assertEquals(0, begun.get(2).callerTimeoutMillis());
        long own = begun.get(0).callerTimeoutMillis();
        assertTrue(own > 7_000 && own <= 70_000, own + " ms");
        long tighter = begun.get(1).callerTimeoutMillis();
        assertTrue(tighter > 0 && tighter <= 7_000, tighter + " ms");
    }

    // ---- others

    @Test
    @Tag("concurrent")
    void concurrentCallsKeepApart() throws Exception {
        woven.agent().pull(facts -> {
            byte[] body = ((HttpFacts) facts).replayableBody(64);
            String mark = new String(body, 2, body.length - 2, StandardCharsets.UTF_8).split(" ")[2];
            assertTrue(facts.setHeader("traceparent", mark));
        });
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                String mark = "n" + i;
                running.add(threads.submit(() -> {
                    assertEquals(mark, unary("header traceparent " + mark));
                    assertEquals(
                            List.of(mark), async("header traceparent " + mark).await());
                    return null;
                }));
            }
            for (Future<?> each : running) each.get(30, TimeUnit.SECONDS);
        } finally {
            threads.shutdownNow();
        }
        woven.agent().awaitEnds(128);
    }

    @Test
    @Tag("unfollowed")
    void whatIsNotFollowedRunsAsEver() throws Exception {
        woven.agent().ignore(facts -> true);
        assertEquals("hello", unary("hello"));
        assertEquals(List.of("hello"), async("hello").await());
        ClientCall<StringValue, StringValue> call = channel.newCall(EchoService.UNARY, CallOptions.DEFAULT);
        call.cancel("before its start", null);
        assertThrows(IllegalStateException.class, () -> call.start(new ClientCall.Listener<>() {}, new Metadata()));
        assertEquals(List.of(), woven.agent().events());
    }

    @Test
    void channelsOfEveryTransportAreFollowed() throws Exception {
        String name = "echo";
        Server local = io.grpc.inprocess.InProcessServerBuilder.forName(name)
                .directExecutor()
                .addService(echo.definition())
                .build()
                .start();
        ManagedChannel inProcess = io.grpc.inprocess.InProcessChannelBuilder.forName(name)
                .directExecutor()
                .build();
        try {
            // The server works on the caller's thread, inside the call.
            echo.work = text -> text.equals("outer") ? unary(inProcess, CallOptions.DEFAULT, "inner") : text;
            assertEquals("inner", unary(inProcess, CallOptions.DEFAULT, "outer"));
            woven.agent().awaitEnds(2);
            assertEquals(2, woven.agent().begun().size());
        } finally {
            inProcess.shutdownNow();
            local.shutdownNow();
        }
    }

    @Test
    void waitingForTheNameToResolveChangesNothing() throws Exception {
        AtomicReference<String> thread = new AtomicReference<>();
        BlockingQueue<Status> closed = new LinkedBlockingQueue<>();
        ManagedChannel idle = builder().build();
        try {
            ClientCall<StringValue, StringValue> call =
                    idle.newCall(EchoService.UNARY, CallOptions.DEFAULT.withWaitForReady());
            call.start(
                    new ClientCall.Listener<>() {
                        @Override
                        public void onMessage(StringValue message) {
                            thread.set(Thread.currentThread().getName());
                        }

                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            closed.add(status);
                        }
                    },
                    new Metadata());
            assertNotNull(call.getAttributes());
            call.request(1);
            call.sendMessage(message("hello"));
            call.halfClose();
            Status status = closed.poll(20, TimeUnit.SECONDS);
            assertNotNull(status);
            assertTrue(status.isOk(), status.toString());
            assertNotNull(thread.get());
            woven.agent().awaitEnds(1);
        } finally {
            idle.shutdownNow();
        }
    }
}
