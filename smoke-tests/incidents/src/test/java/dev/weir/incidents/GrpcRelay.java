package dev.weir.incidents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.incidents.grpcrelay.Front;
import dev.weir.incidents.grpcrelay.Index;
import dev.weir.incidents.grpcrelay.Relay;
import dev.weir.incidents.harness.Incident;
import dev.weir.incidents.harness.Mode;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.Run;
import dev.weir.incidents.harness.Span;
import java.util.List;
import java.util.Map;

/**
 * Three hops, the last two by gRPC. The first waits 30 seconds; the second works on other threads, where gRPC does not pass
 * the deadline on, and retries what gRPC retries already.
 */
final class GrpcRelay implements Incident<GrpcRelay.Measured> {

    private static final List<String> LIBRARIES = List.of("io/grpc", "com/google/guava", "io/perfmark");

    /** What the index was told and asked, in its own words, and what was traced. */
    record Measured(String toldByGrpc, String toldByWeir, int calls, String answer, List<Span> spans) {}

    @Override
    public String name() {
        return "grpc-relay";
    }

    @Override
    public Measured run(Run run) throws Exception {
        Program index = run.startWith(LIBRARIES, "index", Index.class);
        Program relay = run.startWith(LIBRARIES, "relay", Relay.class, index.url(""));
        Program front = run.startWith(LIBRARIES, "front", Front.class, relay.url(""));
        assertEquals("found tea", run.ask(front.url("/ask?tea")).body());
        String answer = run.ask(front.url("/ask?broken")).body();
        run.end(front, "jdk-http-server", "grpc-client");
        run.end(relay, "grpc-server", "grpc-client");
        run.end(index, "grpc-server");
        List<String> accesses = index.stderr().stream()
                .filter(line -> line.startsWith("access "))
                .toList();
        return new Measured(
                value(accesses.get(0), "grpc-timeout"),
                value(accesses.get(0), "weir-timeout-ms"),
                accesses.size() - 1,
                answer,
                run.spans());
    }

    private static String value(String line, String name) {
        return line.replaceAll(".* " + name + "=(\\S+).*", "$1");
    }

    @Override
    public void check(Mode mode, Measured measured) {
        assertEquals("UNAVAILABLE", measured.answer);
        switch (mode) {
            case WITHOUT -> {
                assertEquals("none", measured.toldByGrpc);
                assertEquals("none", measured.toldByWeir);
                assertEquals(8, measured.calls);
            }
            case OBSERVE -> {
                assertEquals("none", measured.toldByGrpc, "observe shortens nothing");
                assertEquals(8, measured.calls);
                observed(measured);
            }
            case ENFORCE -> {
                assertTrue(measured.toldByGrpc.matches("\\d+[num]"), measured.toldByGrpc);
                assertEquals(4, measured.calls);
            }
        }
        if (mode != Mode.WITHOUT) {
            long told = Long.parseLong(measured.toldByWeir);
            assertTrue(told > 0 && told < 30_000, told + " ms");
        }
    }

    private static void observed(Measured measured) {
        // Some JDKs read files of their own outside of their directory the first time.
        List<Span> calls = measured.spans.stream()
                .filter(span -> span.kind() != Span.Kind.INTERNAL)
                .toList();
        Map<String, List<Span>> traces = Causality.traces(calls);
        assertEquals(2, traces.size(), () -> "traces: " + traces);
        List<List<Span>> both = List.copyOf(traces.values());
        for (List<Span> trace : both) {
            Span root = Causality.root(trace);
            assertEquals("front", root.service());
            boolean broken = trace.size() > 5;
            assertEquals(broken ? 13 : 5, trace.size(), () -> Causality.tree(trace));
            deadlineShrinks(trace);
            if (!broken) continue;
            assertEquals(8, root.number("weir.attempts") - 1, "attempts of the relay, as it reported them");
            for (Span span : trace) {
                if (!span.service().equals("relay") || span.kind() != Span.Kind.CLIENT) continue;
                assertEquals("search.Index/Find", span.name());
                assertEquals("grpc", span.text("rpc.system.name"));
                assertEquals("UNAVAILABLE", span.text("rpc.response.status_code"));
                assertEquals(3, span.number("weir.resends"));
            }
        }
    }

    /** Nobody below a call has more time than the call. */
    private static void deadlineShrinks(List<Span> trace) {
        for (Span span : trace) {
            if (span.parentId() == null) continue;
            Span cause = trace.stream()
                    .filter(other -> other.spanId().equals(span.parentId()))
                    .findFirst()
                    .orElseThrow();
            if (cause.parentId() == null) continue;
            long left = span.number("weir.deadline.remaining_ms");
            assertTrue(left > 0 && left <= cause.number("weir.deadline.remaining_ms"), () -> Causality.tree(trace));
        }
    }

    @Override
    public String cell(Measured measured) {
        return "the third hop is told of "
                + (measured.toldByGrpc.equals("none") && measured.toldByWeir.equals("none")
                        ? "no deadline"
                        : (measured.toldByGrpc.equals("none") ? "a" : "gRPC's own") + " deadline")
                + "; 1 search that fails is " + measured.calls + " calls on the wire";
    }
}
