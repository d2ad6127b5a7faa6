package dev.weir.incidents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.incidents.doublecharge.Agent;
import dev.weir.incidents.harness.FaultServer;
import dev.weir.incidents.harness.Incident;
import dev.weir.incidents.harness.Mode;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.Run;
import dev.weir.incidents.harness.Span;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/** A payment goes through, the confirmation of it cannot be stored, and the framework calls the tool again. */
final class DoubleCharge implements Incident<DoubleCharge.Measured> {

    /** One provider's books. */
    record Books(List<FaultServer.Request> requests, int invoices, int tips, List<Span> spans) {
        List<String> keys(String reason) {
            return requests.stream()
                    .filter(request -> request.body().contains(reason))
                    .map(request -> String.valueOf(request.header("Idempotency-Key")))
                    .toList();
        }
    }

    /** The books of a provider that honours keys, and of one that does not. */
    record Measured(Books honours, Books ignores) {}

    private final boolean inbound;

    /** @param inbound whether the loop runs inside an inbound request, or in a plain {@code main} */
    DoubleCharge(boolean inbound) {
        this.inbound = inbound;
    }

    @Override
    public String name() {
        return inbound ? "double-charge" : "double-charge, plain main";
    }

    @Override
    public Measured run(Run run) throws Exception {
        return new Measured(pay(run, "honouring", true), pay(run, "ignoring", false));
    }

    private Books pay(Run run, String name, boolean honours) throws Exception {
        FaultServer provider =
                run.with(FaultServer.start(request -> FaultServer.Reply.of(200, "{\"status\":\"succeeded\"}")));
        AtomicBoolean broken = new AtomicBoolean(true);
        FaultServer confirmations = run.with(FaultServer.start(
                request -> broken.getAndSet(false) ? FaultServer.Reply.drop() : FaultServer.Reply.of(200, "stored")));
        Program agent = run.start(
                name, Agent.class, inbound ? "serve" : "once", provider.url("/charges"), confirmations.url("/stored"));
        if (inbound) assertEquals(200, run.ask(agent.url("/run")).statusCode());
        run.end(agent, "jdk-http-client");
        List<Span> spans = run.spans().stream()
                .filter(span -> span.service().equals(name) && span.kind() == Span.Kind.CLIENT)
                .filter(span -> span.label().contains("/charges"))
                .sorted(Comparator.comparingLong(Span::startNanos))
                .toList();
        return new Books(
                provider.requests(),
                charges(provider.requests(), "invoice", honours),
                charges(provider.requests(), "tip", honours),
                spans);
    }

    /** The other side moves money once for each request, or, where it honours keys, once for each key. */
    private static int charges(List<FaultServer.Request> requests, String reason, boolean honours) {
        Set<String> keys = new HashSet<>();
        return (int) requests.stream()
                .filter(request -> request.body().contains(reason))
                .map(request -> request.header("Idempotency-Key"))
                .filter(key -> key == null || !honours || keys.add(key))
                .count();
    }

    @Override
    public void check(Mode mode, Measured measured) {
        assertEquals(2, measured.honours.tips, "wanted payments stay two");
        assertEquals(2, measured.ignores.tips, "wanted payments stay two");
        switch (mode) {
            case WITHOUT -> {
                assertEquals(2, measured.honours.invoices);
                assertEquals(2, measured.ignores.invoices);
            }
            case OBSERVE -> {
                assertEquals(1, measured.honours.invoices);
                assertEquals(2, measured.ignores.invoices);
                sameKeys(measured.honours);
                sameKeys(measured.ignores);
                flagged(measured.ignores);
            }
            case ENFORCE -> {
                assertEquals(1, measured.honours.invoices);
                assertEquals(1, measured.ignores.invoices);
            }
        }
    }

    private static void sameKeys(Books books) {
        List<String> invoice = books.keys("invoice");
        assertEquals(2, invoice.size());
        assertTrue(invoice.get(0).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), () -> "keys " + invoice);
        assertEquals(invoice.get(0), invoice.get(1), "both requests carry one key");
        Set<String> all = new HashSet<>(books.keys("tip"));
        all.addAll(invoice);
        assertEquals(3, all.size(), "each wanted payment has a key of its own");
    }

    private static void flagged(Books books) {
        assertEquals(4, books.spans.size(), () -> "spans of payments: " + books.spans);
        Span repeat = books.spans.get(1);
        assertEquals(2, repeat.number("weir.attempt"));
        assertEquals(books.keys("invoice").get(0), repeat.text("weir.idempotency.key"));
        assertNotNull(repeat.text("weir.verdict.idempotency-key"), () -> "not flagged: " + repeat);
        for (int wanted : new int[] {0, 2, 3}) {
            Span span = books.spans.get(wanted);
            assertEquals(1, span.number("weir.attempt"), () -> "not a repetition: " + span);
        }
    }

    @Override
    public String cell(Measured measured) {
        return "charged " + measured.honours.invoices + "× where keys are honoured, " + measured.ignores.invoices
                + "× where not; two wanted payments: " + measured.honours.tips + " and " + measured.ignores.tips;
    }
}
