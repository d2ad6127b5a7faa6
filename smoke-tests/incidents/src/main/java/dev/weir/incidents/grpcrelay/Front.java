package dev.weir.incidents.grpcrelay;

import dev.weir.incidents.service.Service;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The first hop: it passes a question on, and waits 30 seconds for the answer. */
public final class Front {

    private Front() {}

    /** Arguments: the next hop's URL. */
    public static void main(String[] args) throws Exception {
        ManagedChannel next = Rpc.channel(args[0], Map.of());
        Service.create()
                .on("/ask", request -> {
                    try {
                        return Service.Reply.ok(ClientCalls.blockingUnaryCall(
                                next,
                                Rpc.FIND,
                                CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS),
                                request.query()));
                    } catch (StatusRuntimeException e) {
                        return new Service.Reply(502, e.getStatus().getCode().name());
                    }
                })
                .run();
        next.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }
}
