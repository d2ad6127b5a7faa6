package dev.weir.runtimes.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.incidents.harness.FaultServer;
import dev.weir.incidents.harness.InstalledJdk;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.Span;
import dev.weir.runtimes.harness.Jvms;
import dev.weir.runtimes.harness.SmokeRun;
import example.mcp.Shop;
import example.mcp.ToolServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A shop and the MCP server with the tool that it charges with, each a JVM of its own. */
class McpIT {

    private static final String RUN = "-Dweir.scope.run=example.mcp.Shop#buy";

    /** Fails once. */
    private static FaultServer payments() throws IOException {
        AtomicInteger charges = new AtomicInteger();
        return FaultServer.start(request -> charges.incrementAndGet() == 1
                ? FaultServer.Reply.of(503, "try later")
                : FaultServer.Reply.of(200, "charged"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(Jvms.JDKS)
    void overPipes(InstalledJdk jdk) throws Exception {
        try (FaultServer payments = payments();
                SmokeRun run = new SmokeRun(jdk, RUN)) {
            List<String> arguments = new ArrayList<>(List.of("pipes"));
            arguments.addAll(run.command("payments", ToolServer.class, "pipes", payments.url("/charges")));
            Program shop = run.start("shop", Shop.class, arguments.toArray(new String[0]));
            assertEquals("charged 2", shop.awaitStdout(line -> true));
            run.end(shop, "mcp", "processes");
            run.assertDocumented("MCP over pipes");
            assertIdentities(run, payments);
            assertEquals("pipe", calls(run, Span.Kind.SERVER).get(0).text("network.transport"));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(Jvms.JDKS)
    void overHttp(InstalledJdk jdk) throws Exception {
        try (FaultServer payments = payments();
                SmokeRun run = new SmokeRun(jdk, RUN)) {
            Program server = run.start("payments", ToolServer.class, "http", payments.url("/charges"));
            Program shop = run.start("shop", Shop.class, "http", server.url(""));
            assertEquals("charged 2", shop.awaitStdout(line -> true));
            run.end(shop, "mcp", "jdk-http-client");
            run.end(server, "mcp", "servlet", "jdk-http-client");
            // The stream on which the server may speak belongs to no run.
            run.assertDocumented("MCP over HTTP", span -> !span.name().startsWith("GET"));
            assertIdentities(run, payments);
            Span served = calls(run, Span.Kind.SERVER).get(0);
            assertEquals("tcp", served.text("network.transport"));
            assertTrue(served.text("mcp.session.id") != null, served::toString);
        }
    }

    private static List<Span> calls(SmokeRun run, Span.Kind kind) {
        return run.spans().stream()
                .filter(span -> span.name().equals("tools/call charge") && span.kind() == kind)
                .sorted((one, other) -> Long.compare(one.startNanos(), other.startNanos()))
                .toList();
    }

    /** Equal keys on the mechanical repetition, another one for what is wanted once more; and the server knows how long. */
    private static void assertIdentities(SmokeRun run, FaultServer payments) {
        List<Span> sent = calls(run, Span.Kind.CLIENT);
        List<Span> served = calls(run, Span.Kind.SERVER);
        assertEquals(3, sent.size());
        assertEquals(3, served.size());
        String first = sent.get(0).text("weir.idempotency.key");
        assertTrue(first != null && first.length() == 36, () -> "key " + first);
        assertEquals(first, sent.get(1).text("weir.idempotency.key"));
        assertNotEquals(first, sent.get(2).text("weir.idempotency.key"));
        for (int i = 0; i < 3; i++) {
            assertEquals(sent.get(i).text("weir.idempotency.key"), served.get(i).text("weir.idempotency.key"));
            assertEquals(sent.get(i).text("weir.operation.id"), served.get(i).text("weir.operation.id"));
            assertEquals(sent.get(i).text("jsonrpc.request.id"), served.get(i).text("jsonrpc.request.id"));
            long left = served.get(i).number("weir.deadline.remaining_ms");
            assertTrue(left > 0 && left <= 25_000, () -> "told " + left);
        }
        assertEquals("tool_error", sent.get(0).text("error.type"));
        assertEquals("execute_tool", sent.get(0).text("gen_ai.operation.name"));
        List<FaultServer.Request> charges = payments.requests();
        assertEquals(3, charges.size());
        assertEquals(charges.get(0).header("idempotency-key"), charges.get(1).header("idempotency-key"));
        assertNotEquals(charges.get(0).header("idempotency-key"), charges.get(2).header("idempotency-key"));
        // What the tool has caused is counted in the run, in another process: three charges, and three times its tool.
        Span shop = run.spans().stream()
                .filter(span -> span.name().startsWith("invoke_agent"))
                .findFirst()
                .orElseThrow();
        assertTrue(shop.number("weir.attempts") >= 6, () -> shop.text("weir.attempts"));
    }
}
