package dev.weir.agent.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Collectors that are away, silent, broken, or somebody else. */
class UnreachableCollectorTest {

    private HttpCollector collector;
    private Delivery delivery;

    @AfterEach
    void end() throws IOException {
        // A silent collector would hold up the exporter's end.
        if (collector != null) collector.close();
        delivery.close();
        assertEquals(0, delivery.failures(), () -> delivery.lines().toString());
    }

    private static final HttpCollector.Answer SILENCE = caller -> new CountDownLatch(1).await();
    private static final HttpCollector.Answer RESET = caller -> {
        caller.setSoLinger(true, 0);
        caller.close();
    };

    private static boolean exporterSleepsLong() {
        for (Map.Entry<Thread, StackTraceElement[]> thread :
                Thread.getAllStackTraces().entrySet()) {
            if (!thread.getKey().getName().equals("weir-export")) continue;
            for (StackTraceElement frame : thread.getValue())
                if (frame.getMethodName().equals("pause")) return true;
        }
        return false;
    }

    private void assertCounts(long sent, long dropped) {
        assertEquals(sent, delivery.exporter.sent(), "sent");
        assertEquals(dropped, delivery.exporter.dropped(), "dropped");
    }

    private Delivery to(HttpCollector started, String... settings) {
        collector = started;
        Map<String, String> all = new HashMap<>(Map.of("otel.exporter.otlp.endpoint", started.endpoint()));
        for (int i = 0; i < settings.length; i += 2) all.put("otel.exporter.otlp." + settings[i], settings[i + 1]);
        delivery = new Delivery(all);
        return delivery;
    }

    @Test
    void nobodyListensAndThenSomebodyDoes() throws IOException {
        try (Socket nobody = Delivery.refusing()) {
            int port = nobody.getLocalPort();
            delivery = new Delivery(Map.of("otel.exporter.otlp.endpoint", "http://127.0.0.1:" + port));
            delivery.offer(10).awaitSettled();
            delivery.offer(5).awaitSettled();
            assertCounts(0, 15);
            collector = new HttpCollector(port, null);
        }
        assertTrue(delivery.line().contains("Connection refused"), delivery.line());
        delivery.offer(3).awaitSettled();
        assertCounts(3, 15);
        assertEquals(
                "weir: spans are delivered again; 15 were lost until now",
                delivery.lines().get(1));
    }

    @Test
    void neverAnswering() throws IOException {
        to(new HttpCollector().next(SILENCE, SILENCE), "timeout", "1500")
                .offer(4)
                .awaitSettled();
        assertCounts(4, 0);
        assertEquals(3, collector.requests.size());
        assertTrue(
                delivery.lines().get(0).contains("timed out"), delivery.lines().toString());
        assertEquals(2, delivery.lines().size(), delivery.lines().toString());
    }

    @Test
    void resettingTheConnection() throws IOException {
        to(new HttpCollector().usually(RESET)).offer(4).awaitSettled();
        assertCounts(0, 4);
        assertTrue(delivery.line().contains("spans do not reach"), delivery.line());
    }

    @Test
    void closingAKeptConnectionIsNotWorthALine() throws IOException {
        HttpCollector.Answer acceptAndLeave = caller -> {
            HttpCollector.ACCEPT.to(caller);
            caller.close();
        };
        to(new HttpCollector().usually(acceptAndLeave));
        for (int i = 0; i < 5; i++) delivery.offer(1).awaitSettled();
        assertCounts(5, 0);
        assertEquals(List.of(), delivery.lines());
    }

    @Test
    void speakingSomethingElse() throws IOException {
        to(new HttpCollector().usually(caller -> {
                    caller.getOutputStream().write("220 mail ready\r\n".getBytes(StandardCharsets.US_ASCII));
                    caller.close();
                }))
                .offer(4)
                .awaitSettled();
        assertCounts(0, 4);
        assertTrue(delivery.line().contains("spans do not reach"), delivery.line());
    }

    @Test
    void talkingWithoutEndIsCutOff() throws IOException {
        to(
                        new HttpCollector().usually(caller -> {
                            byte[] chatter = new byte[8_192];
                            caller.getOutputStream()
                                    .write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
                                            .getBytes(StandardCharsets.US_ASCII));
                            while (!caller.isClosed()) caller.getOutputStream().write(chatter);
                        }),
                        "timeout",
                        "2000")
                .offer(4)
                .awaitSettled();
        assertCounts(4, 0);
    }

    @Test
    void whatFindsNoRoomIsDroppedCountedAndSaidOnce() throws IOException {
        CountDownLatch goOn = new CountDownLatch(1);
        HttpCollector slow = new HttpCollector().next(caller -> {
            goOn.await();
            HttpCollector.ACCEPT.to(caller);
        });
        collector = slow;
        delivery = new Delivery(Map.of("otel.exporter.otlp.endpoint", slow.endpoint()), Delivery.QUICK, 2_048);
        delivery.offer(1);
        delivery.await(() -> slow.requests.size() == 1, "asked");
        delivery.offer(10_000);
        goOn.countDown();
        delivery.awaitSettled();
        assertEquals(10_001, delivery.exporter.sent() + delivery.exporter.dropped());
        assertEquals(delivery.exporter.sent(), collector.spans());
        assertEquals(2_049, delivery.exporter.sent());
        delivery.await(() -> !delivery.lines().isEmpty(), "said");
        assertTrue(delivery.line().contains("weir.export.queue=2048 is full"), delivery.line());
    }

    @Test
    void longTextsAreLetGoWhenTheyAreSentAndWhenTheyAreGivenUp() throws IOException {
        to(new HttpCollector().next(HttpCollector.ACCEPT).next(HttpCollector.status(400)));
        for (int settled = 1; settled <= 2; settled++) {
            SpanRecord record = Delivery.record(settled);
            record.query = "x".repeat(10_000);
            delivery.exporter.sink().offer(record);
            long count = settled;
            delivery.await(() -> delivery.exporter.sent() + delivery.exporter.dropped() == count, "settled");
            delivery.await(() -> delivery.exporter.longHeld() == 0, "let go");
        }
        assertCounts(1, 1);
    }

    @Test
    void theEndOfTheJvmWaitsNoLongerThanItsBoundAndCountsWhatIsLeft() throws IOException {
        to(new HttpCollector().usually(SILENCE), "timeout", "600000").offer(7);
        delivery.await(() -> collector.requests.size() == 1, "asked");
        delivery.offer(5);
        long from = System.nanoTime();
        delivery.exporter.shutdown(300);
        long millis = (System.nanoTime() - from) / 1_000_000;
        assertTrue(millis >= 290 && millis < 60_000, millis + " ms");
        assertCounts(0, 12);
        delivery.offer(2);
        assertCounts(0, 14);
    }

    @Test
    void theEndOfTheJvmDoesNotWaitForWhoIsNotThere() throws IOException {
        try (Socket nobody = Delivery.refusing()) {
            delivery = new Delivery(
                    Map.of(
                            "otel.exporter.otlp.endpoint",
                            "http://127.0.0.1:" + nobody.getLocalPort(),
                            "otel.bsp.schedule.delay",
                            "60000"),
                    Backoff.STANDARD,
                    2_048);
            delivery.offer(3);
            long from = System.nanoTime();
            delivery.exporter.shutdown(120_000);
            assertTrue(System.nanoTime() - from < 60_000_000_000L);
        }
        assertCounts(0, 3);
        assertTrue(delivery.line().contains("Connection refused"), delivery.line());
    }

    @Test
    void theEndOfTheJvmGivesACollectorThatHasComeBackALastChance() throws IOException {
        try (Socket nobody = Delivery.refusing()) {
            int port = nobody.getLocalPort();
            delivery = new Delivery(
                    Map.of("otel.exporter.otlp.endpoint", "http://127.0.0.1:" + port),
                    new Backoff(5, 60_000, 60_000),
                    2_048);
            delivery.offer(3);
            // Only a second failure is worth a line: that the first has come shows in the thread's state alone.
            delivery.await(UnreachableCollectorTest::exporterSleepsLong, "waiting");
            collector = new HttpCollector(port, null);
        }
        delivery.exporter.shutdown(30_000);
        assertCounts(3, 0);
    }

    @Test
    void theEndOfTheJvmWaitsForABusyCollectorThatNamesAShortTime() throws IOException {
        to(new HttpCollector().next(HttpCollector.status(503, "Retry-After: 1")), "timeout", "15000");
        delivery.offer(3);
        delivery.exporter.shutdown(30_000);
        assertCounts(3, 0);
    }

    @Test
    void aCollectorsCertificateCanBeTrusted(@TempDir Path folder) throws Exception {
        SelfSigned own = SelfSigned.make(folder, "collector");
        collector = new HttpCollector(0, own.context());
        String https = collector.endpoint().replace("http:", "https:");
        delivery = new Delivery(Map.of("otel.exporter.otlp.endpoint", https));
        delivery.offer(2).awaitSettled();
        assertCounts(0, 2);
        assertTrue(delivery.line().contains("PKIX"), delivery.line());
        delivery.close();

        delivery = new Delivery(
                Map.of("otel.exporter.otlp.endpoint", https, "otel.exporter.otlp.certificate", own.certificate()));
        delivery.offer(2).awaitSettled();
        assertCounts(2, 0);
        assertEquals(List.of(), delivery.lines());
        delivery.close();

        collector.askingForCertificates();
        delivery = new Delivery(Map.of(
                "otel.exporter.otlp.endpoint",
                https,
                "otel.exporter.otlp.certificate",
                own.certificate(),
                "otel.exporter.otlp.client.certificate",
                own.certificate(),
                "otel.exporter.otlp.client.key",
                own.key()));
        delivery.offer(2).awaitSettled();
        assertCounts(2, 0);
        delivery.close();

        Path notPem = Files.writeString(folder.resolve("not.pem"), "hello");
        for (String unreadable : List.of(notPem.toString(), folder + "/missing.pem")) {
            delivery = new Delivery(
                    Map.of("otel.exporter.otlp.endpoint", https, "otel.exporter.otlp.certificate", unreadable));
            delivery.offer(2).awaitSettled();
            assertCounts(0, 2);
            assertEquals(2, delivery.lines().size(), delivery.lines().toString());
            assertTrue(
                    delivery.lines().get(0).contains("otel.exporter.otlp.certificate"),
                    delivery.lines().get(0));
            delivery.close();
        }
    }

    @Test
    void anInterruptedExporterGoesOn() throws IOException {
        to(new HttpCollector()).offer(1).awaitSettled();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("weir-export")) thread.interrupt();
        }
        delivery.offer(1).awaitSettled();
        assertCounts(2, 0);
        assertEquals(List.of(), delivery.lines());
    }
}
