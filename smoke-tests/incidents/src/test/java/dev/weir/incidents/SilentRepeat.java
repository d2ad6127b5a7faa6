package dev.weir.incidents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.incidents.harness.FaultServer;
import dev.weir.incidents.harness.Incident;
import dev.weir.incidents.harness.Mode;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.Run;
import dev.weir.incidents.harness.Span;
import dev.weir.incidents.silentrepeat.Payer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The provider books a payment and drops the kept-alive connection; the HTTP client sends it again, and says nothing. */
final class SilentRepeat implements Incident<SilentRepeat.Measured> {

    private final String client;
    private final String adapter;

    /** @param client what {@link Payer} knows it by */
    SilentRepeat(String client, String adapter) {
        this.client = client;
        this.adapter = adapter;
    }

    /** What arrived for the second order, and how the application saw it. */
    record Measured(List<FaultServer.Request> second, boolean paid, List<Span> spans) {
        long withoutKey() {
            return second.stream()
                    .filter(request -> request.header("Idempotency-Key") == null)
                    .count();
        }
    }

    @Override
    public String name() {
        return "silent-repeat, " + client;
    }

    @Override
    public Measured run(Run run) throws Exception {
        AtomicInteger requests = new AtomicInteger();
        FaultServer provider = run.with(FaultServer.start(request ->
                requests.incrementAndGet() == 2 ? FaultServer.Reply.drop() : FaultServer.Reply.of(200, "booked")));
        Program payer = run.start("payer", Payer.class, client, provider.url("/charges"));
        run.end(payer, adapter);
        return new Measured(
                provider.requests().stream()
                        .filter(request -> request.body().equals("order 2"))
                        .toList(),
                payer.stderr().contains("paid order 2 200"),
                run.spans().stream()
                        .filter(span -> span.kind() == Span.Kind.CLIENT)
                        .toList());
    }

    @Override
    public void check(Mode mode, Measured measured) {
        assertTrue(measured.paid, "the application sees one success");
        assertEquals(2, measured.second.size(), "the second order arrives twice");
        if (mode == Mode.WITHOUT) {
            assertEquals(2, measured.withoutKey());
            return;
        }
        assertEquals(0, measured.withoutKey(), "no second POST without a key");
        String key = measured.second.get(0).header("Idempotency-Key");
        assertNotNull(key);
        assertEquals(key, measured.second.get(1).header("Idempotency-Key"), "both carry one key");
        assertEquals(2, measured.spans.size());
        assertTrue(
                measured.spans.stream()
                        .anyMatch(span -> String.valueOf(span.text("weir.verdict.idempotency-key.reason"))
                                .contains("repeated an unsafe request by itself")),
                () -> "not flagged: " + measured.spans);
    }

    @Override
    public String cell(Measured measured) {
        return "1 payment, " + measured.second.size() + " POSTs on the wire, " + measured.withoutKey()
                + " without a key; the application sees 1 success";
    }
}
