package dev.weir.incidents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.incidents.doublecharge.Agent;
import dev.weir.incidents.harness.FaultServer;
import dev.weir.incidents.harness.Incident;
import dev.weir.incidents.harness.Mode;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.Run;
import dev.weir.incidents.harness.Span;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A payment goes through, the tool dies before it stores the confirmation, and the framework calls the tool again. Once
 * the confirmation cannot be stored, which can be seen from outside; once the tool chokes on the answer, which cannot.
 */
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

    /** The one thing that Weir must be told, as it does not know the framework: which method is the tool. */
    private static final String TOOL = "dev.weir.incidents.doublecharge.PaymentTool#pay";

    private static final List<String> INVOICES = List.of("invoice 4711", "invoice 4712");

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
        AtomicBoolean cutOff = new AtomicBoolean(true);
        FaultServer provider = run.with(FaultServer.start(request -> FaultServer.Reply.of(
                200,
                request.body().contains("4712") && cutOff.getAndSet(false)
                        ? "{\"stat"
                        : "{\"status\":\"succeeded\"}")));
        AtomicBoolean broken = new AtomicBoolean(true);
        FaultServer confirmations = run.with(FaultServer.start(
                request -> broken.getAndSet(false) ? FaultServer.Reply.drop() : FaultServer.Reply.of(200, "stored")));
        List<String> settings = new ArrayList<>(List.of("weir.scope.tool=" + TOOL));
        // Observe needs no word about the provider: the key is on both requests, whoever may understand it.
        if (honours && run.mode() == Mode.ENFORCE) settings.add("weir.rule.idempotency-key.honoured-by=127.0.0.1");
        Program agent = run.start(
                settings,
                name,
                Agent.class,
                inbound ? "serve" : "once",
                provider.url("/charges"),
                confirmations.url("/stored"));
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
                assertEquals(4, measured.honours.invoices);
                assertEquals(4, measured.ignores.invoices);
            }
            case OBSERVE -> {
                assertEquals(2, measured.honours.invoices);
                assertEquals(4, measured.ignores.invoices);
                sameKeys(measured.honours);
                sameKeys(measured.ignores);
                flagged(measured.ignores);
            }
            case ENFORCE -> {
                assertEquals(2, measured.honours.invoices);
                assertEquals(2, measured.ignores.invoices);
            }
        }
    }

    private static void sameKeys(Books books) {
        Set<String> wanted = new HashSet<>(books.keys("tip"));
        for (String reason : INVOICES) {
            List<String> keys = books.keys(reason);
            assertEquals(2, keys.size());
            assertTrue(keys.get(0).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), () -> "keys " + keys);
            assertEquals(keys.get(0), keys.get(1), "both requests carry one key");
            wanted.add(keys.get(0));
        }
        assertEquals(4, wanted.size(), "each wanted payment has a key of its own");
    }

    private static void flagged(Books books) {
        assertEquals(6, books.spans.size(), () -> "spans of payments: " + books.spans);
        for (int i = 0; i < 6; i++) {
            Span span = books.spans.get(i);
            boolean repeat = i == 1 || i == 3;
            assertEquals(repeat ? 2 : 1, span.number("weir.attempt"), () -> "attempt of " + span);
            assertEquals(
                    books.requests.get(i).header("Idempotency-Key"),
                    span.text("weir.idempotency.key"),
                    () -> "key on " + span);
            assertEquals(
                    repeat,
                    String.valueOf(span.text("weir.verdict.idempotency-key")).contains("deny"),
                    () -> "verdict on " + span);
        }
    }

    @Override
    public String cell(Measured measured) {
        return "2 invoices charged " + measured.honours.invoices + "× where keys are honoured, "
                + measured.ignores.invoices + "× where not; 2 equal tips paid " + measured.honours.tips + "× and "
                + measured.ignores.tips + "×";
    }
}
