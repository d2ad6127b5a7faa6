package dev.weir.incidents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.incidents.harness.FaultServer;
import dev.weir.incidents.harness.Incident;
import dev.weir.incidents.harness.Kafka;
import dev.weir.incidents.harness.Mode;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.Run;
import dev.weir.incidents.harness.Span;
import dev.weir.incidents.redelivered.Billing;
import dev.weir.incidents.redelivered.Shop;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A consumer charges an order, fails before the commit, and gets the order again. Once its process dies, and the provider
 * honours keys; once only its loop is started again, and the provider does not. A second order, equal to the first, is
 * wanted.
 */
final class Redelivered implements Incident<Redelivered.Measured> {

    private static final List<String> LIBRARIES =
            List.of("org/apache/kafka", "org/slf4j", "org/lz4", "org/xerial", "com/github/luben");

    /** What the provider was sent, and what billing said. */
    record Measured(List<FaultServer.Request> charges, boolean honoured, List<String> printed, List<Span> spans) {

        /** Money moves once for each request, or, where keys are honoured, once for each key. */
        int charged() {
            Set<String> keys = new HashSet<>();
            return (int) charges.stream()
                    .map(request -> request.header("Idempotency-Key"))
                    .filter(key -> key == null || !honoured || keys.add(key))
                    .count();
        }
    }

    private final Kafka kafka;
    private final boolean honoured;

    /** @param honoured whether the provider honours keys */
    Redelivered(Kafka kafka, boolean honoured) {
        this.kafka = kafka;
        this.honoured = honoured;
    }

    @Override
    public String name() {
        return honoured ? "redelivered" : "redelivered, keys not honoured";
    }

    @Override
    public Measured run(Run run) throws Exception {
        String topic = "orders-" + UUID.randomUUID();
        FaultServer provider = run.with(FaultServer.start(request -> FaultServer.Reply.of(200, "succeeded")));
        AtomicBoolean broken = new AtomicBoolean(true);
        FaultServer store = run.with(FaultServer.start(
                request -> broken.getAndSet(false) ? FaultServer.Reply.drop() : FaultServer.Reply.of(200, "stored")));
        run.end(run.startWith(LIBRARIES, "shop", Shop.class, kafka.address(), topic), "kafka");
        Program billing = billing(run, topic, provider, store);
        // The process that dies is started again, as by systemd.
        if (honoured) {
            run.end(billing, "kafka", "jdk-http-client");
            billing = billing(run, topic, provider, store);
        }
        run.end(billing, "kafka", "jdk-http-client");
        return new Measured(provider.requests(), honoured, billing.stdout(), run.spans());
    }

    private Program billing(Run run, String topic, FaultServer provider, FaultServer store) throws Exception {
        return run.startWith(
                LIBRARIES,
                honoured ? List.of("weir.rule.idempotency-key.honoured-by=127.0.0.1") : List.of(),
                "billing",
                Billing.class,
                kafka.address(),
                topic,
                provider.url("/charges"),
                store.url("/paid"),
                honoured ? "alone" : "supervised");
    }

    @Override
    public void check(Mode mode, Measured measured) {
        switch (mode) {
            case WITHOUT -> assertEquals(3, measured.charged(), "the order is charged twice");
            case OBSERVE -> {
                assertEquals(honoured ? 2 : 3, measured.charged());
                sameKeys(measured.charges);
                traced(measured.spans);
            }
            case ENFORCE -> {
                assertEquals(2, measured.charged());
                if (!honoured) {
                    assertEquals(2, measured.charges.size(), "what is charged is not charged again");
                    assertTrue(
                            measured.printed.stream()
                                    .anyMatch(line -> line.startsWith("order 0 is put aside")
                                            && line.contains("weir.rule.idempotency-key")),
                            () -> "billing says " + measured.printed);
                }
            }
        }
        assertTrue(measured.printed.contains("order 1 is paid"), () -> "billing says " + measured.printed);
    }

    private static void sameKeys(List<FaultServer.Request> charges) {
        List<String> keys = charges.stream()
                .map(request -> request.header("Idempotency-Key"))
                .toList();
        assertEquals(3, keys.size());
        assertNotNull(keys.get(0));
        assertEquals(keys.get(0), keys.get(1), "the order that is delivered again has its key again");
        assertEquals(2, new HashSet<>(keys).size(), "the order that is wanted twice has a key of its own");
    }

    private void traced(List<Span> spans) {
        List<Span> sent = of(spans, Span.Kind.PRODUCER);
        List<Span> processed = of(spans, Span.Kind.CONSUMER);
        List<Span> charges = of(spans, Span.Kind.CLIENT).stream()
                .filter(span -> span.label().contains("/charges"))
                .toList();
        assertEquals(2, sent.size());
        assertEquals(3, processed.size());
        assertEquals(3, charges.size());
        for (int i = 0; i < 3; i++) {
            Span producer = sent.get(i == 2 ? 1 : 0);
            assertEquals(producer.traceId(), processed.get(i).traceId());
            assertEquals(producer.spanId(), processed.get(i).parentId(), "a record is processed because it was sent");
            assertEquals(processed.get(i).spanId(), charges.get(i).parentId());
            assertEquals("kafka", processed.get(i).text("messaging.system"));
        }
        assertEquals(
                processed.get(0).text("weir.operation.id"), processed.get(1).text("weir.operation.id"));
        if (honoured) return;
        assertEquals(2, processed.get(1).number("weir.attempt"));
        assertEquals("would-deny", charges.get(1).text("weir.verdict.idempotency-key"), "the repetition is flagged");
    }

    private static List<Span> of(List<Span> spans, Span.Kind kind) {
        return spans.stream()
                .filter(span -> span.kind() == kind)
                .sorted(Comparator.comparingLong(Span::startNanos))
                .toList();
    }

    @Override
    public String cell(Measured measured) {
        return "2 orders, " + measured.charges.size() + " requests, charged " + measured.charged() + "×";
    }
}
