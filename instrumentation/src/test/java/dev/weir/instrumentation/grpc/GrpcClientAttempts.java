package dev.weir.instrumentation.grpc;

import static dev.weir.instrumentation.grpc.EchoService.key;
import static dev.weir.instrumentation.grpc.EchoService.message;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.StringValue;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.HttpFacts;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is refused, what gRPC tries again by itself, and what tells calls apart. */
abstract class GrpcClientAttempts extends GrpcClientUse {

    // ---- denial

    @Test
    @Tag("denial")
    void deniedCallsNeverLeave() {
        woven.agent().deny(facts -> true);
        assertDenied(Status.Code.UNAVAILABLE);
        woven.agent().denyForTime();
        assertDenied(Status.Code.DEADLINE_EXCEEDED);
        assertEquals(List.of(), echo.received);
    }

    private void assertDenied(Status.Code code) {
        Collected both = new Collected();
        StreamObserver<StringValue> requests =
                ClientCalls.asyncBidiStreamingCall(channel.newCall(EchoService.BOTH, CallOptions.DEFAULT), both);
        requests.onNext(message("one"));
        requests.onCompleted();
        List<StatusRuntimeException> thrown = List.of(
                failure(() -> unary("hello")),
                failure(() -> ClientCalls.blockingServerStreamingCall(
                                channel, EchoService.DOWN, CallOptions.DEFAULT, message("d"))
                        .next()),
                failure(() -> async("hello").await()),
                failure(both::await),
                assertInstanceOf(
                        StatusRuntimeException.class,
                        assertThrows(
                                        ExecutionException.class,
                                        () -> future("hello").get(20, TimeUnit.SECONDS))
                                .getCause()));
        for (StatusRuntimeException each : thrown) {
            assertEquals(code, each.getStatus().getCode());
            assertEquals("denied by test", each.getStatus().getDescription());
        }
    }

    @Test
    @Tag("denial")
    void deniedCallIsToldOnItsOwnExecutor() throws Exception {
        woven.agent().deny(facts -> true);
        ExecutorService own = Executors.newSingleThreadExecutor(task -> new Thread(task, "own"));
        ManagedChannel ofOwn = builder().executor(own).build();
        try {
            for (CallOptions options : List.of(CallOptions.DEFAULT, CallOptions.DEFAULT.withExecutor(own))) {
                CompletableFuture<String> thread = new CompletableFuture<>();
                ClientCall<StringValue, StringValue> call = ofOwn.newCall(EchoService.UNARY, options);
                call.start(
                        new ClientCall.Listener<>() {
                            @Override
                            public void onClose(Status status, Metadata trailers) {
                                thread.complete(Thread.currentThread().getName() + " " + status.getDescription());
                            }
                        },
                        new Metadata());
                call.request(1);
                call.sendMessage(message("hello"));
                call.halfClose();
                call.cancel("no more", null);
                assertEquals("own denied by test", thread.get(20, TimeUnit.SECONDS));
            }
        } finally {
            ofOwn.shutdownNow();
            assertTrue(ofOwn.awaitTermination(10, TimeUnit.SECONDS));
            own.shutdownNow();
        }
    }

    @Test
    @Tag("denial")
    void callsGoOnAfterDenials() throws Exception {
        woven.agent().deny(facts -> true);
        for (int i = 0; i < 20; i++) failure(() -> unary("hello"));
        woven.agent().deny(facts -> false);
        assertEquals("hello", unary("hello"));
        woven.agent().awaitEnds(1);
    }

    // ---- attempts that grpc makes by itself

    private ManagedChannel retrying(int attempts) {
        return configured(Map.of(
                "retryPolicy",
                Map.of(
                        "maxAttempts",
                        (double) attempts,
                        "initialBackoff",
                        "0.01s",
                        "maxBackoff",
                        "0.02s",
                        "backoffMultiplier",
                        1.0,
                        "retryableStatusCodes",
                        List.of("UNAVAILABLE"))));
    }

    private ManagedChannel hedging(String delay) {
        return configured(Map.of(
                "hedgingPolicy",
                Map.of("maxAttempts", 3.0, "hedgingDelay", delay, "nonFatalStatusCodes", List.of("UNAVAILABLE"))));
    }

    private ManagedChannel configured(Map<String, ?> policy) {
        Map<String, Object> method = new java.util.HashMap<>(policy);
        method.put("name", List.of(Map.of("service", "test.Echo")));
        return builder()
                .enableRetry()
                .defaultServiceConfig(Map.of("methodConfig", List.of(method)))
                .build();
    }

    @Test
    @Tag("wire-attempts")
    void retriesOfTheServiceConfigAreCounted() throws Exception {
        replaceChannel(retrying(4));
        failure(() -> unary("fail UNAVAILABLE"));
        woven.agent().awaitEnds(1);
        assertEquals(4, echo.received.size());
        assertEquals(
                List.of(
                        "begin POST /test.Echo/Unary",
                        "resent POST /test.Echo/Unary",
                        "resent POST /test.Echo/Unary",
                        "resent POST /test.Echo/Unary",
                        "end POST /test.Echo/Unary UNAVAILABLE"),
                woven.agent().events());
        assertEquals("3", echo.received.get(3).get(key("grpc-previous-rpc-attempts")));
    }

    @Test
    @Tag("wire-attempts")
    void retriesOfTheServiceConfigCanBeRefused() throws Exception {
        replaceChannel(retrying(4));
        List<CallFacts> asked = new ArrayList<>();
        woven.agent().denyResend(facts -> {
            asked.add(facts);
            return asked.size() == 2;
        });
        StatusRuntimeException thrown = failure(() -> unary("fail UNAVAILABLE"));
        assertEquals("resend denied by test", thrown.getStatus().getDescription());
        thrown = failure(() -> {
            asked.clear();
            async("fail UNAVAILABLE").await();
        });
        assertEquals("resend denied by test", thrown.getStatus().getDescription());
        woven.agent().awaitEnds(2);
        assertEquals(4, echo.received.size());
        assertEquals("hello", unary("hello"));
        woven.agent().awaitEnds(3);
    }

    @Test
    @Tag("wire-attempts")
    void retryThatSucceedsIsOneCall() throws Exception {
        replaceChannel(retrying(4));
        assertEquals("fail UNAVAILABLE 2", unary("fail UNAVAILABLE 2"));
        woven.agent().awaitEnds(1);
        assertEquals(3, echo.received.size());
        assertEquals("end POST /test.Echo/Unary OK", woven.agent().events().get(3));
    }

    @Test
    @Tag("wire-attempts")
    void hedgesAreCountedAndSaidNotToBeRefusable() throws Exception {
        replaceChannel(hedging("0.01s"));
        woven.agent().denyResend(facts -> {
            assertFalse(facts.refusable());
            return false;
        });
        failure(() -> unary("fail UNAVAILABLE"));
        woven.agent().awaitEnds(1);
        assertEquals(3, echo.received.size());
        assertEquals(
                2,
                woven.agent().events().stream()
                        .filter(event -> event.startsWith("resent"))
                        .count());
    }

    // ---- identity

    @Test
    @Tag("body")
    void messagesOfUnaryCallsAreReadWithoutConsumingThem() throws Exception {
        List<byte[]> seen = new ArrayList<>();
        woven.agent().pull(facts -> {
            HttpFacts http = (HttpFacts) facts;
            assertEquals(8, http.bodyLength());
            assertNull(http.replayableBody(7));
            seen.add(http.replayableBody(64));
        });
        assertEquals("pay 10", unary("pay 10"));
        assertEquals("pay 10", future("pay 10").get(20, TimeUnit.SECONDS).getValue());
        assertEquals(List.of("pay 10"), async("pay 10").await());
        woven.agent().awaitEnds(3);
        assertEquals(3, seen.size());
        for (byte[] body : seen) assertArrayEquals(message("pay 10").toByteArray(), body);
        HttpFacts facts = (HttpFacts) woven.agent().begun().get(0);
        assertEquals(-1, facts.bodyLength(), "only while the call begins");
    }

    @Test
    @Tag("body")
    void messagesThatComeLaterOrOfAnotherMarshallerAreLeftAlone() throws Exception {
        woven.agent().pull(facts -> {
            assertEquals(-1, ((HttpFacts) facts).bodyLength());
            assertNull(((HttpFacts) facts).replayableBody(64));
        });
        Collected both = new Collected();
        StreamObserver<StringValue> requests =
                ClientCalls.asyncBidiStreamingCall(channel.newCall(EchoService.BOTH, CallOptions.DEFAULT), both);
        requests.onNext(message("b"));
        requests.onCompleted();
        assertEquals(List.of("b"), both.await());
        MethodDescriptor<byte[], byte[]> ofBytes = MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName("test.Echo/Unary")
                .setRequestMarshaller(new Bytes())
                .setResponseMarshaller(new Bytes())
                .build();
        byte[] request = message("pay 10").toByteArray();
        assertArrayEquals(request, ClientCalls.blockingUnaryCall(channel, ofBytes, CallOptions.DEFAULT, request));
        woven.agent().awaitEnds(2);
    }

    /** A marshaller as an application may have one. */
    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try (stream) {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }
}
