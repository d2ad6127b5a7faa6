package dev.weir.incidents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.incidents.harness.FaultServer;
import dev.weir.incidents.harness.Incident;
import dev.weir.incidents.harness.Mode;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.Run;
import dev.weir.incidents.harness.Span;
import dev.weir.incidents.hopthree.Gateway;
import dev.weir.incidents.hopthree.Hop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Four hops; the gateway gives up after its own 500 ms, the others have no timeout and 64 slow calls before them. */
final class HopThree implements Incident<HopThree.Measured> {

    private static final int REQUESTS = 5;
    private static final Duration LEAF = Duration.ofMillis(40);

    /** What is lost of a deadline on the way over three hops. */
    private static final long TOLERANCE_MILLIS = 50;

    /** The promise is 50 ms; the machine that runs this test may be busy with something else. */
    private static final long OVERRUN_LIMIT_MILLIS = 150;

    /** One request: what was called, and arrived, after the gateway gave up, and when the last hop had finished. */
    record Request(List<String> late, long overrunMillis) {}

    /** All requests, what was traced, and what the hops' own logs say. */
    record Measured(List<Request> requests, List<Span> spans, List<String> failures) {
        long lateCalls() {
            return requests.stream().mapToLong(request -> request.late.size()).sum();
        }

        long medianOverrun() {
            return requests.stream().mapToLong(Request::overrunMillis).sorted().toArray()[requests.size() / 2];
        }
    }

    /** A line of a hop's own log: it is about to call, was called, or has answered. The query is the call's name. */
    private record Event(String server, String kind, long millis, String query) {
        String after(Event other) {
            return server + " " + query + " " + (millis - other.millis) + " ms after";
        }
    }

    @Override
    public String name() {
        return "hop-three";
    }

    @Override
    public Measured run(Run run) throws Exception {
        FaultServer leaf = run.with(
                FaultServer.start(request -> FaultServer.Reply.of(200, "found").after(LEAF)));
        Program third = run.start("third", Hop.class, leaf.url("/search"), "url-connection");
        Program second = run.start("second", Hop.class, third.url("/work"), "url-connection");
        Program first = run.start("first", Hop.class, second.url("/work"), "http-client");
        Program gateway = run.start("gateway", Gateway.class, first.url("/work"));
        for (int request = 0; request < REQUESTS; request++) {
            int status = run.ask(gateway.url("/ask?r" + request)).statusCode();
            // Hops that stop in time may still answer before the gateway gives up.
            assertTrue(status == 504 || status == 200 && run.mode() == Mode.ENFORCE, () -> "answered " + status);
        }
        // Each is ended after its callers, and finishes what it has begun: so nothing that happens late is missed.
        run.end(gateway, "jdk-http-server", "jdk-http-client");
        run.end(first, "jdk-http-server", "jdk-http-client");
        run.end(second, "jdk-http-server", "http-url-connection");
        run.end(third, "jdk-http-server", "http-url-connection");

        List<Event> hops = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        for (Program hop : List.of(first, second, third)) {
            hops.addAll(events(hop));
            hop.stderr().stream()
                    .filter(line -> line.startsWith("tool call failed"))
                    .forEach(failures::add);
        }
        for (FaultServer.Request request : leaf.requests()) {
            hops.add(new Event("leaf", "access", request.arrivedMillis(), query(request.target())));
        }
        List<Request> requests = events(gateway).stream()
                .filter(event -> event.kind.equals("served"))
                .map(gaveUp -> request(gaveUp, hops))
                .toList();
        return new Measured(requests, run.spans(), failures);
    }

    private static Request request(Event gaveUp, List<Event> hops) {
        List<Event> own = hops.stream()
                .filter(event -> event.query.startsWith(gaveUp.query))
                .toList();
        // When it began is what the caller's log says: a call in flight may arrive late. That it took place at all is
        // what the callee's log says.
        Set<String> arrived = own.stream()
                .filter(event -> event.kind.equals("access"))
                .map(Event::query)
                .collect(Collectors.toSet());
        List<String> late = own.stream()
                .filter(event -> event.kind.equals("call") && arrived.contains(event.query))
                .filter(event -> event.millis > gaveUp.millis + TOLERANCE_MILLIS)
                .map(event -> event.after(gaveUp))
                .toList();
        long last = own.stream()
                .filter(event -> event.kind.equals("served"))
                .mapToLong(Event::millis)
                .max()
                .orElseThrow();
        return new Request(late, Math.max(0, last - gaveUp.millis));
    }

    private static List<Event> events(Program hop) {
        return hop.stderr().stream()
                .filter(line -> line.matches("(call|access|served) .*"))
                .map(line -> line.split(" "))
                .map(words -> new Event(hop.name(), words[0], Long.parseLong(words[1]), query(words[2])))
                .toList();
    }

    private static String query(String target) {
        return target.substring(target.indexOf('?') + 1);
    }

    @Override
    public void check(Mode mode, Measured measured) {
        assertEquals(REQUESTS, measured.requests.size());
        if (mode == Mode.ENFORCE) {
            assertEquals(
                    0, measured.lateCalls(), () -> "calls that began after the gateway had left: " + measured.requests);
            assertTrue(
                    measured.medianOverrun() <= OVERRUN_LIMIT_MILLIS,
                    () -> "median overrun of " + measured.medianOverrun() + " ms: " + measured.requests);
            assertTrue(
                    measured.failures.stream().anyMatch(line -> line.contains("weir.rule.deadline")),
                    () -> "no hop was told why: " + measured.failures);
            return;
        }
        for (Request request : measured.requests) {
            assertTrue(request.late.size() >= 30, () -> "little harm: " + request);
            assertTrue(request.overrunMillis >= 1_000, () -> "little harm: " + request);
        }
        if (mode == Mode.OBSERVE) observed(measured);
    }

    private static void observed(Measured measured) {
        List<Span> roots = Causality.roots(measured.spans);
        assertEquals(REQUESTS, roots.size(), () -> "roots: " + roots);
        for (Span root : roots) {
            List<Span> trace = Causality.traces(measured.spans).get(root.traceId());
            for (Span span : trace) {
                if (span == root) continue;
                assertTrue(
                        span.text("weir.deadline.remaining_ms") != null, () -> "no remaining time on " + span.label());
            }
            Span gateway = trace.stream()
                    .filter(span -> span.service().equals("gateway") && span.kind() == Span.Kind.CLIENT)
                    .findFirst()
                    .orElseThrow();
            List<Span> late = trace.stream()
                    .filter(span -> span.kind() == Span.Kind.CLIENT)
                    .filter(span -> span.startNanos() > gateway.endNanos() + TOLERANCE_MILLIS * 1_000_000)
                    .toList();
            assertTrue(late.size() >= 30, () -> late.size() + " late calls were traced");
            for (Span span : late) {
                assertTrue(span.text("weir.verdict.deadline") != null, () -> "not flagged: " + span);
            }
        }
    }

    @Override
    public String cell(Measured measured) {
        return measured.lateCalls() / REQUESTS + " calls begin after the gateway left; work goes on for "
                + measured.medianOverrun() + " ms (median)";
    }
}
