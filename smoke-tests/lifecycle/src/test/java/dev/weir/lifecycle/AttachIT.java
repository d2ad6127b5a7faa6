package dev.weir.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.tools.attach.VirtualMachine;
import dev.weir.incidents.harness.Collector;
import dev.weir.incidents.harness.InstalledJdk;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.Span;
import java.io.IOException;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** weir.jar comes to a JVM that is at work already, and comes twice. */
class AttachIT {

    private static final String TWICE = "weir: is already there; the second -javaagent or attach changes nothing";

    @TestFactory
    List<DynamicTest> aBusyJvmIsFollowedFromThenOn() throws IOException {
        return InstalledJdk.all().stream()
                .map(jdk -> DynamicTest.dynamicTest(jdk.toString(), () -> aBusyJvmIsFollowedFromThenOn(jdk)))
                .toList();
    }

    private static void aBusyJvmIsFollowedFromThenOn(InstalledJdk jdk) throws Exception {
        try (Target target = new Target();
                Collector collector = Collector.start();
                Program program = Fork.of(Busy.class, target.url("/x"))
                        .on(jdk)
                        .jvm("-Dotel.exporter.otlp.endpoint=" + collector.endpoint())
                        .start()) {
            program.awaitStdout("calling"::equals);
            target.awaitHits(200);
            assertEquals(List.of(), target.traceparents());
            // There before Weir, whose beans must come all the same. A JVM 25 has no beans to give before it has
            // started.
            try (Jmx jmx = new Jmx(program)) {
                attach(program);
                String started = program.awaitStderr(line -> line.contains(" attached: rules "));
                assertTrue(started.endsWith("; spans to " + collector.endpoint() + "/v1/traces"), started);
                assertEquals("observe", jmx.mode("deadline"));
                assertEquals(0L, jmx.count("Failures"));
            }
            target.awaitHits(target.hits().size() + 200);
            attach(program);
            program.awaitStderr(TWICE::equals);
            target.awaitHits(target.hits().size() + 200);
            Program.Transcript transcript = program.end();
            assertEquals(0, transcript.exitCode());
            assertEquals(List.of("calling", "failures 0"), transcript.stdout());
            assertEquals(1, Fork.said(program).stream().filter(TWICE::equals).count());
            assertTrue(Fork.lastWord(program).endsWith("; no fuse blew; 0 failures"), program::toString);

            // One call, one header, one span.
            TreeSet<String> told = new TreeSet<>();
            for (String header : target.traceparents()) told.add(header.substring(36, 52));
            TreeSet<String> exported = new TreeSet<>();
            for (Span span : collector.spans()) exported.add(span.spanId());
            assertEquals(target.traceparents().size(), told.size());
            assertEquals(collector.spans().size(), exported.size());
            assertEquals(told, exported);
            assertTrue(exported.size() >= 350, exported.size() + " calls were followed");
        }
    }

    private static void attach(Program program) throws Exception {
        VirtualMachine machine = VirtualMachine.attach(Long.toString(program.pid()));
        try {
            machine.loadAgent(Fork.weirJar());
        } finally {
            machine.detach();
        }
    }

    @Test
    void javaagentTwiceIsOnce() throws Exception {
        try (Target target = new Target();
                Collector collector = Collector.start();
                Program program = Fork.of(Caller.class, target.url("/x"), 5, "return")
                        .weir(collector)
                        .weir()
                        .start()) {
            assertEquals(0, program.end().exitCode());
            assertEquals(1, Fork.said(program).stream().filter(TWICE::equals).count());
            assertEquals(3, Fork.said(program).size(), program::toString);
            assertEquals(5, collector.spans().size());
            assertEquals(5, new TreeSet<>(target.traceparents()).size());
        }
    }
}
