package dev.weir.instrumentation.grpc;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import io.grpc.Metadata;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** gRPC servers, whatever their transport: a call from before the first interceptor to its end. */
public final class GrpcServerInstrumentation implements Instrumentation {

    @Override
    public String name() {
        return "grpc-server";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type("io.grpc.internal.ServerImplBuilder").exactly("build", "Build");
    }

    /** A server is made. The interceptor that was added last is the first to see a call. */
    static final class Build {

        static void enter(ServerBuilder<?> builder) {
            builder.intercept(new Serving());
        }
    }

    /** The first interceptor of a server. */
    static final class Serving implements ServerInterceptor {

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            // A builder that made two servers has two of these.
            if (call instanceof ServedCall || !Hooks.follows(CallFacts.Kind.HTTP_SERVER)) {
                return next.startCall(call, headers);
            }
            ServerCallFacts facts = new ServerCallFacts(call, headers);
            Call scope = Hooks.begin(facts);
            if (scope == null) return next.startCall(call, headers);
            if (scope instanceof Call.Denied denied) return refuse(call, denied);
            ServedCall<Q, R> served = new ServedCall<>(call, scope, facts);
            try {
                @Nullable Object inside = Hooks.capture();
                return new ServedListener<>(next.startCall(served, headers), served, inside);
            } catch (Throwable t) {
                served.failed(t);
                throw t;
            } finally {
                Hooks.leave(scope);
            }
        }

        private static <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, ?> call, Call.Denied denied) {
            Status status = denied.timeout() ? Status.DEADLINE_EXCEEDED : Status.UNAVAILABLE;
            call.close(status.withDescription(denied.message()), new Metadata());
            return new ServerCall.Listener<>() {};
        }
    }
}
