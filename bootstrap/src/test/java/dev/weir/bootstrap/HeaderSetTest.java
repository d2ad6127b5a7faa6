package dev.weir.bootstrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.CallFacts.HeaderSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class HeaderSetTest {

    private static final List<String> USUAL = List.of(
            "Accept",
            "Accept-Encoding",
            "Authorization",
            "Connection",
            "Content-Length",
            "Content-Type",
            "Cookie",
            "Host",
            "Transfer-Encoding",
            "User-Agent");

    @Test
    void caseDoesNotMatter() {
        for (String name : USUAL) {
            assertEquals(HeaderSet.of(name), HeaderSet.of(name.toLowerCase(Locale.ROOT)), name);
            assertEquals(HeaderSet.of(name), HeaderSet.of(name.toUpperCase(Locale.ROOT)), name);
        }
    }

    @Test
    void aNameIsOneBit() {
        for (String name : List.of("", "a", "b3", "traceparent", "x-envoy-expected-rq-timeout-ms", "\u00e4")) {
            assertEquals(1, Long.bitCount(HeaderSet.of(name)), name);
        }
    }

    /** Else the set would be of no use, though it would not be wrong. */
    @Test
    void usualNamesAreTakenForFewOthers() {
        long usual = 0;
        for (String name : USUAL) usual |= HeaderSet.of(name);
        assertNotEquals(HeaderSet.ALL, usual);
        long all = usual;
        List<String> mistaken = List.of(
                        "traceparent",
                        "baggage",
                        "b3",
                        "x-b3-traceid",
                        "weir-timeout-ms",
                        "idempotency-key",
                        "grpc-timeout",
                        "x-envoy-expected-rq-timeout-ms",
                        "x-stainless-retry-count",
                        "amz-sdk-request",
                        "amz-sdk-invocation-id",
                        "grpc-previous-rpc-attempts",
                        "x-envoy-attempt-count",
                        "x-ratelimit-remaining",
                        "ratelimit-remaining")
                .stream()
                .filter(name -> (all & HeaderSet.of(name)) != 0)
                .collect(Collectors.toList());
        assertTrue(mistaken.size() <= 3, () -> "taken for present: " + mistaken);
    }
}
