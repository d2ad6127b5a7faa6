package dev.weir.incidents.grpcrelay;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The second hop: it works on threads of its own, asks twice before it gives up, and has a service config by which gRPC
 * makes four attempts each time.
 */
public final class Relay {

    private static final int TRIES = 2;

    private Relay() {}

    /** Arguments: the next hop's URL. */
    public static void main(String[] args) throws Exception {
        ManagedChannel index = Rpc.channel(
                args[0],
                Map.of(
                        "methodConfig",
                        List.of(Map.of(
                                "name",
                                List.of(Map.of()),
                                "retryPolicy",
                                Map.of(
                                        "maxAttempts",
                                        4.0,
                                        "initialBackoff",
                                        "0.02s",
                                        "maxBackoff",
                                        "0.05s",
                                        "backoffMultiplier",
                                        1.5,
                                        "retryableStatusCodes",
                                        List.of("UNAVAILABLE"))))));
        ExecutorService workers = Executors.newFixedThreadPool(4);
        Rpc.serve((question, reply) -> workers.execute(() -> answer(index, question, reply)));
        workers.shutdown();
        index.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }

    private static void answer(ManagedChannel index, String question, StreamObserver<String> reply) {
        for (int attempt = 1; ; attempt++) {
            try {
                reply.onNext(ClientCalls.blockingUnaryCall(index, Rpc.FIND, CallOptions.DEFAULT, question));
                reply.onCompleted();
                return;
            } catch (StatusRuntimeException e) {
                System.err.println("tool call failed: " + e.getMessage());
                if (attempt == TRIES) {
                    reply.onError(e.getStatus().asRuntimeException());
                    return;
                }
            }
        }
    }
}
