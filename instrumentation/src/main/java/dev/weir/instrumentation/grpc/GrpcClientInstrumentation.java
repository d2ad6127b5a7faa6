package dev.weir.instrumentation.grpc;

import dev.weir.bootstrap.Attachments;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.internal.ClientStream;
import io.grpc.internal.NoopClientStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * gRPC clients, whatever their transport.
 *
 * <p>A call begins below the application's interceptors, because some of those repeat. What grpc repeats by itself below
 * that (by the service config, or because a stream was refused) is counted where it makes each attempt's stream.
 */
public final class GrpcClientInstrumentation implements Instrumentation {

    private static final String RETRIABLE = "io.grpc.internal.RetriableStream";

    @Override
    public String name() {
        return "grpc-client";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type("io.grpc.ClientInterceptors")
                .exactly("intercept", "Intercept", "io.grpc.Channel", "java.util.List");
        weaving.type("io.grpc.stub.ClientCalls")
                .method("asyncUnaryRequestCall", "Unary", "io.grpc.ClientCall", "java.lang.Object");
        weaving.type(RETRIABLE)
                .method("<init>", "Retriable", "io.grpc.MethodDescriptor", "io.grpc.Metadata")
                .method("createSubstream", "WireAttempt", "int");
        weaving.type("io.grpc.internal.ManagedChannelImpl$ChannelStreamProvider$1RetryStream")
                .method("newSubstream", "WireStream", "io.grpc.Metadata", "io.grpc.ClientStreamTracer$Factory");
    }

    /** A channel puts its interceptors together. The first of the list is the last to see a call. */
    static final class Intercept {

        static List<ClientInterceptor> argument1(Channel channel, List<ClientInterceptor> interceptors) {
            if (!channel.getClass().getName().equals("io.grpc.internal.ManagedChannelImpl$RealChannel")) {
                return interceptors;
            }
            List<ClientInterceptor> all = new ArrayList<>(interceptors.size() + 1);
            all.add(new Following());
            all.addAll(interceptors);
            return all;
        }
    }

    /** The last interceptor before the channel's own work. */
    static final class Following implements ClientInterceptor {

        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            return Hooks.armed() ? new FollowedCall<>(method, options, next) : next.newCall(method, options);
        }
    }

    /** A stub starts a call whose one message it already has. */
    static final class Unary {

        static @Nullable Object enter(Object call, Object message) {
            return new Before(UnaryRequest.atHand(message));
        }

        static void exit(@Nullable Object before) {
            if (before instanceof Before outer) UnaryRequest.atHand(outer.message);
        }
    }

    /** What was at hand on this thread before. */
    record Before(@Nullable Object message) {}

    /** The stream that stands for all attempts of a call; the headers tell which call. */
    static final class Retriable {

        static void exit(
                Object stream,
                Object method,
                Metadata headers,
                Object meter,
                long limit,
                long channelLimit,
                Object executor,
                Object scheduler,
                @Nullable Object retryPolicy,
                @Nullable Object hedgingPolicy) {
            Call call = Attachments.of(headers);
            ClientCallFacts facts = ClientCallFacts.of(call);
            if (call == null || facts == null) return;
            Attachments.attach(stream, call);
            if (hedgingPolicy != null) facts.hedges();
        }
    }

    /** Each attempt. To refuse one is to cancel the call: then no stream is made, or one that goes nowhere. */
    static final class WireAttempt {

        static void enter(ClientStream stream) {
            Call call = Attachments.of(stream);
            ClientCallFacts facts = ClientCallFacts.of(call);
            if (facts == null || !facts.isRepeated()) return;
            Call.Denied denied = Hooks.resent(call);
            if (denied == null) return;
            facts.refuse(denied);
            stream.cancel(ClientCallFacts.status(denied));
        }
    }

    /** Until 1.51 the stream of an attempt is made although the call was cancelled. */
    static final class WireStream {

        static Call.@Nullable Denied enter(Object stream) {
            ClientCallFacts facts = ClientCallFacts.of(Attachments.of(stream));
            return facts == null ? null : facts.refused();
        }

        static @Nullable ClientStream exit(@Nullable Call denied, @Nullable ClientStream made) {
            return denied == null ? made : NoopClientStream.INSTANCE;
        }
    }
}
