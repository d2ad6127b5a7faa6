package dev.weir.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.weir.bootstrap.Call;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Inbound headers that are malformed: each is ignored and counted, and nothing of it goes on. */
class HostileHeadersTest {

    private static final String SOUND = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final PipelineFixture fixture = new PipelineFixture().enforcing();

    /** @return the headers of a call that the request makes */
    private String relayed(Sent request) {
        Call inbound = fixture.pipeline.begin(request);
        assertNotNull(inbound);
        Sent out = Sent.to("POST", "http://next.internal/x", "{}");
        Call call = fixture.pipeline.begin(out);
        fixture.pipeline.end(call, 200, null, null);
        fixture.pipeline.replying(inbound);
        fixture.pipeline.end(inbound, 200, null, null);
        assertEquals(0, fixture.log.failures(), fixture.stderr.toString());
        assertEquals("", fixture.stderr.toString());
        return out.headers + " " + request.responseHeaders;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "traceparent=00-EVIL",
                "traceparent=",
                "traceparent=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01éEVIL",
                "traceparent=00-\u0001EVIL",
                "traceparent=" + SOUND + "," + SOUND,
                "b3=EVIL-EVIL",
                "X-B3-TraceId=EVIL",
                "baggage=EVIL=\u0007",
                "baggage=EVIL=ü",
                "baggage=EVIL=\r\nweir-timeout-ms:1",
                "baggage=weir.op=EVIL",
                "baggage=weir.op=00000000000000000000000000000000",
                "baggage=weir.attempt=EVIL",
                "baggage=weir.attempt=1.2.3.4.5.6.7.8.9.1.2.3.4.5.6.7.8.9.1.2.3.4.5.6.7.8.9.1.2.3.4.5.6.7.8.9",
                "baggage=weir.deadline=-1",
                "baggage=weir.deadline=EVIL",
                "weir-timeout-ms=-1",
                "weir-timeout-ms=EVIL",
                "weir-timeout-ms=99999999999999999999",
                "weir-timeout-ms=5000,6000",
                "weir-timeout-ms=²",
                "weir-timeout-ms=",
                "grpc-timeout=5EVIL",
                "grpc-timeout=S",
                "grpc-timeout=-5S",
                "grpc-timeout=999999999S",
                "x-envoy-expected-rq-timeout-ms=1e3"
            })
    void malformedIsIgnoredAndCounted(String header) {
        int equals = header.indexOf('=');
        Sent request =
                Sent.received("GET", "http://me/x").header(header.substring(0, equals), header.substring(equals + 1));
        String sent = relayed(request);
        assertFalse(sent.contains("EVIL"), sent);
        assertEquals(1, fixture.pipeline.malformedHeaders());
        assertEquals(Integer.MAX_VALUE, fixture.last().remainingMillis);
    }

    @ParameterizedTest
    @ValueSource(strings = {"EVIL=ü", "EVIL=\u0007", "EVIL=\r\n"})
    void malformedTracestateGoesNoFurther(String header) {
        String sent = relayed(
                Sent.received("GET", "http://me/x").header("traceparent", SOUND).header("tracestate", header));
        assertFalse(sent.contains("EVIL"), sent);
        assertEquals(1, fixture.pipeline.malformedHeaders());
    }

    @Test
    void whatIsTooLongIsIgnoredAndCounted() {
        String sent = relayed(Sent.received("GET", "http://me/x")
                .header("traceparent", "EVIL".repeat(100_000))
                .header("b3", "EVIL".repeat(100_000))
                .header("baggage", "EVIL=" + "x".repeat(100_000))
                .header("weir-timeout-ms", "9".repeat(100_000))
                .header("grpc-timeout", "9".repeat(100_000)));
        assertFalse(sent.contains("EVIL"));
        assertEquals(5, fixture.pipeline.malformedHeaders());
        relayed(Sent.received("GET", "http://me/x")
                .header("baggage", "weir.session=" + "x".repeat(300) + ",weir.op=" + "0".repeat(300)));
        assertEquals(7, fixture.pipeline.malformedHeaders());
    }

    @Test
    void theLongestDeadlineIsNoOverflow() {
        for (String value : new String[] {"999999999999999999", "86400001", "0"}) {
            relayed(Sent.received("GET", "http://me/x").header("weir-timeout-ms", value));
        }
        assertEquals(0, fixture.pipeline.malformedHeaders());
    }

    /** Ten thousand headers of random characters: none is thrown at anybody. */
    @Test
    void noiseIsHarmless() {
        String[] names = {
            "traceparent",
            "tracestate",
            "b3",
            "X-B3-TraceId",
            "X-B3-SpanId",
            "baggage",
            "weir-timeout-ms",
            "grpc-timeout",
            "x-envoy-expected-rq-timeout-ms",
            "Idempotency-Key",
            "weir-attempts"
        };
        String alphabet = "0123456789abcdef-=,;.%\"\\ \t\r\n\u0000\u007f\u0080é\u2028\ud800";
        Random random = new Random(9);
        for (int round = 0; round < 2_000; round++) {
            Sent request = Sent.received("GET", "http://me/x");
            for (int i = 0; i < 5; i++) {
                StringBuilder value = new StringBuilder(random.nextBoolean() ? SOUND : "weir.op=");
                for (int length = random.nextInt(80); length > 0; length--) {
                    int at = random.nextInt(value.length() + 1);
                    value.insert(at, alphabet.charAt(random.nextInt(alphabet.length())));
                }
                request.header(names[random.nextInt(names.length)], value.toString());
            }
            String sent = relayed(request);
            for (char odd : "\r\n\u0000\u007f\u0080é\u2028\ud800".toCharArray()) {
                assertEquals(-1, sent.indexOf(odd), sent);
            }
        }
    }
}
