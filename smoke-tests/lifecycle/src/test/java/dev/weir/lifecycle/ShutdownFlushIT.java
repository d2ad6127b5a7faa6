package dev.weir.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.incidents.harness.Collector;
import dev.weir.incidents.harness.InstalledJdk;
import dev.weir.incidents.harness.Program;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** However a program ends, what it did just before arrives; and it ends. */
class ShutdownFlushIT {

    private static final int CALLS = 25;

    @TestFactory
    List<DynamicTest> nothingIsLost() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (InstalledJdk jdk : InstalledJdk.all()) {
            for (String ending : List.of("return", "exit", "throw", "wait", "hook")) {
                tests.add(DynamicTest.dynamicTest(ending + " on " + jdk, () -> nothingIsLost(jdk, ending)));
            }
        }
        return tests;
    }

    private static void nothingIsLost(InstalledJdk jdk, String ending) throws Exception {
        try (Target target = new Target();
                Collector collector = Collector.start();
                Program program = Fork.of(Caller.class, target.url("/x"), CALLS, ending)
                        .on(jdk)
                        .weir(collector)
                        .start()) {
            program.awaitStdout(line -> line.equals("called " + CALLS));
            if (ending.equals("wait")) program.terminate();
            Program.Transcript transcript = program.end();
            int exitCode = switch (ending) {
                case "exit" -> 3;
                case "throw" -> 1;
                case "wait" -> 143;
                default -> 0;
            };
            assertEquals(exitCode, transcript.exitCode(), program::toString);
            // What the application does in its own shutdown hook counts as well.
            int spans = ending.equals("hook") ? CALLS + 20 : CALLS;
            assertEquals(spans, collector.spans().size(), program::toString);
            assertTrue(
                    Fork.lastWord(program).endsWith("; " + spans + " spans sent, 0 dropped; no fuse blew; 0 failures"),
                    program::toString);
        }
    }

    @Test
    void aCollectorThatIsNotThereIsOneLine() throws Exception {
        Socket holder = new Socket();
        // Bound, and nobody listens: refuses until it is closed.
        holder.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        int nobody = holder.getLocalPort();
        try (holder;
                Target target = new Target();
                Program program = Fork.of(Caller.class, target.url("/x"), CALLS, "return")
                        .weir("otel.exporter.otlp.endpoint=http://127.0.0.1:" + nobody)
                        .start()) {
            Program.Transcript transcript = program.end();
            assertEquals(0, transcript.exitCode());
            assertEquals(List.of("called " + CALLS), transcript.stdout());
            List<String> said = Fork.said(program);
            assertEquals(3, said.size(), program::toString);
            assertTrue(said.get(1).startsWith("weir: spans do not reach http://127.0.0.1:" + nobody), said.get(1));
            assertTrue(said.get(2).contains("; 0 spans sent, " + CALLS + " dropped; no fuse blew"), said.get(2));
        }
    }

    @Test
    void aCollectorThatHangsHoldsNoExitUp() throws Exception {
        try (Target target = new Target();
                // Connections are accepted by the system, and nobody ever reads.
                ServerSocket hanging = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Program program = Fork.of(Caller.class, target.url("/x"), CALLS, "return")
                        .weir(
                                "otel.exporter.otlp.endpoint=http://127.0.0.1:" + hanging.getLocalPort(),
                                // Without the bound the exit would wait for ten minutes.
                                "otel.exporter.otlp.timeout=600000")
                        .start()) {
            assertEquals(0, program.end().exitCode());
            assertTrue(
                    Fork.lastWord(program).contains("; 0 spans sent, " + CALLS + " dropped; no fuse blew"),
                    program::toString);
        }
    }
}
