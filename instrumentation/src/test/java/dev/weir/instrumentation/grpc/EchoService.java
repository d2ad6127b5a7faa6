package dev.weir.instrumentation.grpc;

import com.google.protobuf.StringValue;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * A service that does what its message says: {@code header NAME} answers with that header, {@code fail CODE [N]} fails (the
 * first N times), {@code hang} never answers, {@code wait} answers when it is released; anything else comes back.
 */
final class EchoService {

    static final MethodDescriptor<StringValue, StringValue> UNARY = method("Unary", MethodType.UNARY);
    static final MethodDescriptor<StringValue, StringValue> DOWN = method("Down", MethodType.SERVER_STREAMING);
    static final MethodDescriptor<StringValue, StringValue> UP = method("Up", MethodType.CLIENT_STREAMING);
    static final MethodDescriptor<StringValue, StringValue> BOTH = method("Both", MethodType.BIDI_STREAMING);

    private static final Context.Key<Metadata> HEADERS = Context.key("headers");

    /** The headers of every call that arrived. */
    final List<Metadata> received = new CopyOnWriteArrayList<>();

    /** Put into the trailers of every failure. */
    final Metadata failureTrailers = new Metadata();

    /** What is done with a message before it is answered. */
    volatile UnaryOperator<String> work = text -> text;

    private final CountDownLatch released = new CountDownLatch(1);

    private static MethodDescriptor<StringValue, StringValue> method(String name, MethodType type) {
        return MethodDescriptor.<StringValue, StringValue>newBuilder()
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName("test.Echo", name))
                .setRequestMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
                .setResponseMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
                .build();
    }

    static StringValue message(String text) {
        return StringValue.of(text);
    }

    static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    void release() {
        released.countDown();
    }

    ServerServiceDefinition definition() {
        ServerServiceDefinition service = ServerServiceDefinition.builder("test.Echo")
                .addMethod(UNARY, ServerCalls.asyncUnaryCall(this::answer))
                .addMethod(DOWN, ServerCalls.asyncServerStreamingCall(this::answerThrice))
                .addMethod(UP, ServerCalls.asyncClientStreamingCall(this::collect))
                .addMethod(BOTH, ServerCalls.asyncBidiStreamingCall(this::answerEach))
                .build();
        return ServerInterceptors.intercept(service, new ServerInterceptor() {
            @Override
            public <Q, R> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
                received.add(headers);
                return Contexts.interceptCall(Context.current().withValue(HEADERS, headers), call, headers, next);
            }
        });
    }

    private void answer(StringValue request, StreamObserver<StringValue> reply) {
        if (!says(request, reply)) return;
        reply.onCompleted();
    }

    private void answerThrice(StringValue request, StreamObserver<StringValue> reply) {
        for (int i = 0; i < 3; i++) {
            if (!says(request, reply)) return;
        }
        reply.onCompleted();
    }

    private StreamObserver<StringValue> collect(StreamObserver<StringValue> reply) {
        StringBuilder all = new StringBuilder();
        return new StreamObserver<>() {
            @Override
            public void onNext(StringValue value) {
                all.append(value.getValue());
            }

            @Override
            public void onError(Throwable thrown) {}

            @Override
            public void onCompleted() {
                answer(message(all.toString()), reply);
            }
        };
    }

    private StreamObserver<StringValue> answerEach(StreamObserver<StringValue> reply) {
        return new StreamObserver<>() {
            private boolean failed;

            @Override
            public void onNext(StringValue value) {
                failed |= !says(value, reply);
            }

            @Override
            public void onError(Throwable thrown) {}

            @Override
            public void onCompleted() {
                if (!failed) reply.onCompleted();
            }
        };
    }

    /** Says one answer; returns whether there may be more. */
    private boolean says(StringValue request, StreamObserver<StringValue> reply) {
        String[] words = request.getValue().split(" ");
        switch (words[0]) {
            case "hang":
                return false;
            case "wait":
                try {
                    released.await(10, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                break;
            case "throw":
                throw new IllegalStateException("the application's own");
            case "header":
                reply.onNext(message(String.valueOf(HEADERS.get().get(key(words[1])))));
                return true;
            case "fail":
                if (words.length > 2 && received.size() > Integer.parseInt(words[2])) break;
                Metadata trailers = new Metadata();
                trailers.merge(failureTrailers);
                reply.onError(Status.Code.valueOf(words[1]).toStatus().asRuntimeException(trailers));
                return false;
            default:
                break;
        }
        reply.onNext(message(work.apply(request.getValue())));
        return true;
    }
}
