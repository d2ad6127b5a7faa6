package dev.weir.incidents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.incidents.elevenagents.Fleet;
import dev.weir.incidents.harness.FaultServer;
import dev.weir.incidents.harness.Incident;
import dev.weir.incidents.harness.Mode;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.Run;
import dev.weir.incidents.harness.Span;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Eleven agents start in the same second; the provider takes five questions in any second, and says so. */
final class ElevenAgents implements Incident<ElevenAgents.Measured> {

    private static final int AGENTS = 11;
    private static final int LIMIT = 5;
    private static final long WINDOW_MILLIS = 1_000;
    /** What was under way when the first 429 was sent belongs to the same burst. */
    private static final long BURST_MILLIS = 300;

    /** How many agents finished, the moments of all 429s, and what was traced. */
    record Measured(long finished, long died, List<Long> refusals, List<Span> spans) {
        long refusalsAfterTheBurst() {
            return refusals.stream()
                    .filter(moment -> moment > refusals.get(0) + BURST_MILLIS)
                    .count();
        }
    }

    /** A provider that counts in a sliding window. */
    private static final class Provider {
        private final ArrayDeque<Long> accepted = new ArrayDeque<>();
        private final List<Long> refusals = Collections.synchronizedList(new ArrayList<>());

        synchronized FaultServer.Reply answer(FaultServer.Request request) {
            long now = System.currentTimeMillis();
            while (!accepted.isEmpty() && now - accepted.getFirst() >= WINDOW_MILLIS) accepted.removeFirst();
            if (accepted.size() < LIMIT) {
                accepted.addLast(now);
                return FaultServer.Reply.of(200, "think").after(Duration.ofMillis(30));
            }
            refusals.add(now);
            return FaultServer.Reply.of(429, "slow down").with("Retry-After", "1");
        }
    }

    @Override
    public String name() {
        return "eleven-agents";
    }

    @Override
    public List<String> rules() {
        return List.of("rate-limit");
    }

    @Override
    public Measured run(Run run) throws Exception {
        Provider provider = new Provider();
        FaultServer server = run.with(FaultServer.start(provider::answer));
        Program fleet = run.start("fleet", Fleet.class, server.url("/v1/chat/completions"));
        run.end(fleet, "jdk-http-client");
        List<String> log = fleet.stderr();
        return new Measured(
                log.stream().filter(line -> line.startsWith("finished ")).count(),
                log.stream().filter(line -> line.startsWith("died ")).count(),
                List.copyOf(provider.refusals),
                run.spans());
    }

    @Override
    public void check(Mode mode, Measured measured) {
        assertEquals(AGENTS, measured.finished + measured.died);
        if (mode == Mode.ENFORCE) {
            assertEquals(AGENTS, measured.finished, "agents that finished");
            assertEquals(0, measured.refusalsAfterTheBurst(), () -> "refused at " + measured.refusals);
            return;
        }
        assertTrue(measured.died >= 3, () -> "little harm: " + measured.died + " died");
        if (mode == Mode.OBSERVE) {
            assertTrue(
                    measured.spans.stream()
                            .map(span -> String.valueOf(span.text("weir.verdict.rate-limit.reason")))
                            .anyMatch(reason ->
                                    reason.contains("asks for fewer calls, and for none in the next 1000 ms")),
                    "the burst is recorded");
            assertTrue(
                    measured.spans.stream()
                            .anyMatch(span -> "would-delay".equals(span.text("weir.verdict.rate-limit"))),
                    "what enforce would have done is recorded");
        }
    }

    @Override
    public String cell(Measured measured) {
        return measured.finished + " of " + AGENTS + " agents finish; " + measured.refusals.size()
                + " questions refused, " + (measured.refusals.isEmpty() ? 0 : measured.refusalsAfterTheBurst())
                + " of them after the first burst";
    }
}
