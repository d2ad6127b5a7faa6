package dev.weir.agent.context;

import dev.weir.bootstrap.CallFacts.HeaderSet;

/** Names on the wire. */
public final class HeaderNames {

    public static final String TRACEPARENT = "traceparent";
    public static final String TRACESTATE = "tracestate";
    public static final String BAGGAGE = "baggage";
    /** Milliseconds that the caller still waits, from the moment the request leaves: needs no agreed clock. */
    public static final String TIMEOUT = "weir-timeout-ms";
    /** In a reply: wire attempts and new operations that the request caused in the callee and below, as {@code a/o}. */
    public static final String ATTEMPTS = "weir-attempts";

    public static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    public static final String GRPC_TIMEOUT = "grpc-timeout";
    public static final String ENVOY_TIMEOUT = "x-envoy-expected-rq-timeout-ms";

    /** Of the SDKs that Stainless generates (OpenAI, Anthropic): retries until now, from 0. */
    public static final String STAINLESS_RETRY_COUNT = "X-Stainless-Retry-Count";
    /** Of the AWS SDKs: {@code attempt=1; max=3}. */
    public static final String AMZ_REQUEST = "amz-sdk-request";
    /** Of the AWS SDKs: the same for all attempts of one call. */
    public static final String AMZ_INVOCATION = "amz-sdk-invocation-id";

    public static final String GRPC_PREVIOUS_ATTEMPTS = "grpc-previous-rpc-attempts";
    /** Of Envoy: which attempt this is, from 1. */
    public static final String ENVOY_ATTEMPT = "x-envoy-attempt-count";

    public static final String BAGGAGE_OPERATION = "weir.op";
    public static final String BAGGAGE_ATTEMPT = "weir.attempt";
    public static final String BAGGAGE_SESSION = "weir.session";
    public static final String BAGGAGE_DEADLINE = "weir.deadline";

    /** Those by which SDKs and proxies count attempts, as a {@link HeaderSet}. */
    public static final long SET_OF_ATTEMPTS = HeaderSet.of(STAINLESS_RETRY_COUNT)
            | HeaderSet.of(GRPC_PREVIOUS_ATTEMPTS)
            | HeaderSet.of(ENVOY_ATTEMPT)
            | HeaderSet.of(AMZ_REQUEST)
            | HeaderSet.of(AMZ_INVOCATION);

    /** Those that name a relative time. */
    public static final long SET_OF_TIMES =
            HeaderSet.of(TIMEOUT) | HeaderSet.of(ENVOY_TIMEOUT) | HeaderSet.of(GRPC_TIMEOUT);

    private HeaderNames() {}
}
