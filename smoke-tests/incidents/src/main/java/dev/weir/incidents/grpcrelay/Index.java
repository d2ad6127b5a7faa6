package dev.weir.incidents.grpcrelay;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/** The last hop: it knows no answer to {@code broken}, and notes how much time each caller says is left. */
public final class Index {

    private Index() {}

    /** No arguments. */
    public static void main(String[] args) throws Exception {
        Rpc.serve(
                (question, reply) -> {
                    if (question.equals("broken")) {
                        reply.onError(Status.UNAVAILABLE
                                .withDescription("the index is broken")
                                .asRuntimeException());
                        return;
                    }
                    reply.onNext("found " + question);
                    reply.onCompleted();
                },
                new AccessLog());
    }

    /** Access logs go to stderr. */
    private static final class AccessLog implements ServerInterceptor {

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            System.err.println("access grpc-timeout=" + value(headers, "grpc-timeout") + " weir-timeout-ms="
                    + value(headers, "weir-timeout-ms"));
            return next.startCall(call, headers);
        }

        private static String value(Metadata headers, String name) {
            String value = headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
            return value == null ? "none" : value;
        }
    }
}
