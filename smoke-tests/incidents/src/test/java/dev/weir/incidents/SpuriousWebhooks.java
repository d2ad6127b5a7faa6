package dev.weir.incidents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.incidents.harness.FaultServer;
import dev.weir.incidents.harness.Incident;
import dev.weir.incidents.harness.Mode;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.Run;
import dev.weir.incidents.webhooks.Workers;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A webhook does its work and then takes longer to answer than a hundred workers wait. */
final class SpuriousWebhooks implements Incident<SpuriousWebhooks.Measured> {

    private static final int WORKERS = 100;
    private static final Duration TOO_LONG = Duration.ofSeconds(4);

    /** What the webhook was sent. */
    record Measured(List<FaultServer.Request> requests) {
        /** What a receiver does twice that honours keys where there are any. */
        int duplicates() {
            Set<String> done = new HashSet<>();
            int duplicates = 0;
            for (FaultServer.Request request : requests) {
                String key = request.header("Idempotency-Key");
                boolean first = done.add(request.body());
                boolean known = key != null && !done.add(key);
                if (!first && !known) duplicates++;
            }
            return duplicates;
        }

        Map<String, Set<String>> keysByEvent() {
            Map<String, Set<String>> keys = new HashMap<>();
            for (FaultServer.Request request : requests) {
                keys.computeIfAbsent(request.body(), event -> new HashSet<>())
                        .add(String.valueOf(request.header("Idempotency-Key")));
            }
            return keys;
        }
    }

    @Override
    public String name() {
        return "spurious-webhooks";
    }

    @Override
    public Measured run(Run run) throws Exception {
        Set<String> seen = ConcurrentHashMap.newKeySet();
        FaultServer webhook = run.with(FaultServer.start(request -> {
            FaultServer.Reply done = FaultServer.Reply.of(200, "done");
            return seen.add(request.body()) ? done.after(TOO_LONG) : done;
        }));
        Program workers = run.start("workers", Workers.class, webhook.url("/hook"));
        run.end(workers, "jdk-http-client");
        return new Measured(webhook.requests());
    }

    @Override
    public void check(Mode mode, Measured measured) {
        assertEquals(WORKERS, measured.keysByEvent().size(), "every event arrives");
        if (mode == Mode.WITHOUT) {
            assertTrue(measured.duplicates() > 50, () -> "little harm: " + measured.duplicates());
            return;
        }
        assertEquals(0, measured.duplicates(), "duplicates at a receiver that honours keys");
        Set<String> all = new HashSet<>();
        measured.keysByEvent().forEach((event, keys) -> {
            assertEquals(1, keys.size(), () -> "keys of " + event + ": " + keys);
            assertTrue(all.addAll(keys), () -> "another event has the key of " + event);
        });
    }

    @Override
    public String cell(Measured measured) {
        return WORKERS + " events, " + measured.requests.size() + " requests, " + measured.duplicates()
                + " done twice where keys are honoured";
    }
}
