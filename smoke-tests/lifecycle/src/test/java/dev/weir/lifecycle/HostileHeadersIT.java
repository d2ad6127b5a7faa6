package dev.weir.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.incidents.harness.Collector;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Headers from somebody who means harm, as they come over the wire. */
class HostileHeadersIT {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SOUND = "00-" + TRACE + "-b7ad6b7169203331-01";

    /** Each has one malformed header. */
    private static final List<String> MALFORMED = List.of(
            "traceparent: 00-EVIL",
            "traceparent: " + "EVIL".repeat(2_000),
            "traceparent: 00-" + TRACE + "-b7ad6b7169203331-01\u00e9EVIL",
            "traceparent: 00-\u0001EVIL",
            "traceparent: " + SOUND + "\r\ntraceparent: " + SOUND.replace('c', 'd'),
            "traceparent: " + SOUND + "\r\ntracestate: EVIL=\u00fc",
            "traceparent: " + SOUND + "\r\ntracestate: EVIL=" + "x".repeat(600),
            "b3: EVIL-EVIL",
            "baggage: EVIL=" + "x".repeat(9_000),
            "baggage: EVIL=\u0007x",
            "baggage: EVIL=\u00fc",
            "baggage: weir.op=EVIL",
            "baggage: weir.attempt=EVIL",
            "baggage: weir.deadline=-1",
            "baggage: weir.session=" + "EVIL".repeat(100),
            "weir-timeout-ms: -1",
            "weir-timeout-ms: EVIL",
            "weir-timeout-ms: 99999999999999999999",
            "weir-timeout-ms: 5000\r\nweir-timeout-ms: 6000",
            "weir-timeout-ms: \u00b2",
            "grpc-timeout: 5EVIL",
            "x-envoy-expected-rq-timeout-ms: 1e3");

    @Test
    void theyAreIgnoredAndCounted() throws Exception {
        try (Target target = new Target();
                Collector collector = Collector.start();
                Program relay = Fork.of(Relay.class, target.url(""))
                        .weir(collector, "weir.mode=enforce")
                        .start()) {
            int port = URI.create(relay.url("/")).getPort();
            Jmx jmx = new Jmx(relay);
            for (int i = 0; i < MALFORMED.size(); i++) {
                String reply = ask(port, "/" + i, MALFORMED.get(i));
                assertTrue(reply.startsWith("HTTP/1.1 200 "), MALFORMED.get(i) + " → " + reply);
                assertFalse(reply.contains("EVIL"), reply);
                assertEquals(i + 1L, jmx.count("MalformedHeaders"), MALFORMED.get(i));
            }
            jmx.close();
            // Repeated lines of what may be repeated are well-formed.
            ask(
                    port,
                    "/sound",
                    "traceparent: " + SOUND + "\r\ntracestate: a=1\r\ntracestate: b=2\r\n"
                            + "baggage: weir.attempt=7\r\nbaggage: team=blue\r\nweir-timeout-ms: 60000");
            assertEquals(0, relay.end().exitCode());

            assertTrue(
                    Fork.lastWord(relay)
                            .endsWith("; no fuse blew; 0 failures; " + MALFORMED.size() + " malformed headers ignored"),
                    relay::toString);
            assertEquals(2, Fork.said(relay).size(), relay::toString);
            assertEquals(
                    0,
                    relay.stdout().stream()
                            .filter(line -> line.contains("EVIL"))
                            .count());
            assertEquals(MALFORMED.size() + 1, target.hits().size());
            for (Target.Hit hit : target.hits()) {
                assertFalse(hit.headers().toString().contains("EVIL"), hit::toString);
            }
            List<Span> spans = collector.spans();
            assertEquals(2 * (MALFORMED.size() + 1), spans.size());
            for (Span span : spans) assertFalse(span.toString().contains("EVIL"), span::toString);

            Target.Hit sound = target.hits().get(MALFORMED.size());
            assertEquals("a=1,b=2", sound.headers().getFirst("tracestate"));
            String baggage = sound.headers().getFirst("baggage");
            assertTrue(baggage.contains("weir.attempt=7.1") && baggage.contains("team=blue"), baggage);
            assertTrue(sound.traceparent().startsWith("00-" + TRACE + "-"), sound::toString);
        }
    }

    private static String ask(int port, String path, String headers) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            String request =
                    "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
