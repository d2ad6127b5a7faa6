package dev.weir.incidents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.weir.incidents.batchinvoice.Batch;
import dev.weir.incidents.harness.FaultServer;
import dev.weir.incidents.harness.Incident;
import dev.weir.incidents.harness.Mode;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.Run;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A batch has written its invoice, its answer is lost, its process is started again, and the job runs a second time. Who
 * orders the job says which one it is; the ledger honours keys.
 */
final class BatchInvoice implements Incident<BatchInvoice.Measured> {

    private static final int LINES = 4;

    /** What the ledger was sent by the first process and by the second. */
    record Measured(List<FaultServer.Request> first, List<FaultServer.Request> second) {
        int linesWritten() {
            Set<String> keys = new HashSet<>();
            int lines = 0;
            for (List<FaultServer.Request> process : List.of(first, second)) {
                for (FaultServer.Request request : process) {
                    String key = request.header("Idempotency-Key");
                    if (key == null || keys.add(key)) lines++;
                }
            }
            return lines;
        }
    }

    @Override
    public String name() {
        return "batch-invoice";
    }

    @Override
    public Measured run(Run run) throws Exception {
        FaultServer ledger = run.with(FaultServer.start(request -> FaultServer.Reply.of(200, "written")));
        order(run, ledger);
        List<FaultServer.Request> first = ledger.requests();
        order(run, ledger);
        return new Measured(
                first, ledger.requests().subList(first.size(), ledger.requests().size()));
    }

    private static void order(Run run, FaultServer ledger) throws Exception {
        Program batch = run.start(
                List.of("weir.rule.idempotency-key.honoured-by=127.0.0.1"), "batch", Batch.class, ledger.url("/lines"));
        HttpRequest job = HttpRequest.newBuilder(URI.create(batch.url("/invoice")))
                .header("Idempotency-Key", "job-2026-11-21")
                .POST(HttpRequest.BodyPublishers.ofString("November"))
                .build();
        assertEquals(
                200,
                HttpClient.newHttpClient()
                        .send(job, HttpResponse.BodyHandlers.ofString())
                        .statusCode());
        run.end(batch, "jdk-http-server", "jdk-http-client");
    }

    @Override
    public void check(Mode mode, Measured measured) {
        assertEquals(LINES, measured.first.size());
        assertEquals(LINES, measured.second.size());
        if (mode == Mode.WITHOUT) {
            assertEquals(2 * LINES, measured.linesWritten(), "the invoice doubles");
            return;
        }
        assertEquals(LINES, measured.linesWritten());
        Set<String> keys = new HashSet<>();
        for (int line = 0; line < LINES; line++) {
            String key = measured.first.get(line).header("Idempotency-Key");
            assertNotNull(key);
            assertEquals(key, measured.second.get(line).header("Idempotency-Key"), "the same key after the restart");
            keys.add(key);
        }
        assertEquals(LINES, keys.size(), "lines that are wanted twice stay two");
    }

    @Override
    public String cell(Measured measured) {
        return "an invoice of " + LINES + " lines, ordered twice, has " + measured.linesWritten() + " lines";
    }
}
