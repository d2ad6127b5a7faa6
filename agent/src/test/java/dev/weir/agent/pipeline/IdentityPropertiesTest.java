package dev.weir.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.weir.agent.context.Hex;
import dev.weir.agent.export.SpanRecord;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.ScopeFacts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Properties of operation identity, over random programs. A failing one prints its seed in its name. */
class IdentityPropertiesTest {

    private static final int PROGRAMS = 150;
    private static final String ROOT = "0123456789abcdef0123456789abcdef";

    /** A step of a program: a call, or a tool with steps of its own. */
    private record Step(String name, List<Step> inside) {
        boolean isTool() {
            return !inside.isEmpty();
        }
    }

    private static final class Tool extends ScopeFacts {
        Tool(String name) {
            super(CallFacts.Kind.TOOL, "test", name);
        }
    }

    private static List<Step> program(Random random, int depth) {
        List<Step> steps = new ArrayList<>();
        int count = 1 + random.nextInt(5);
        for (int i = 0; i < count; i++) {
            // Few names, so that wanted repeats are frequent.
            String name = "n" + random.nextInt(3);
            steps.add(new Step(name, depth > 0 && random.nextInt(3) == 0 ? program(random, depth - 1) : List.of()));
        }
        return steps;
    }

    /** Runs programs, and writes down the ids of the operations that their calls were. */
    private static final class Runner {
        final PipelineFixture fixture = new PipelineFixture(Map.of("weir.rule.retry-budget.burst", "1000000"));
        final List<String> ids = new ArrayList<>();

        List<String> inRequest(Runnable program) {
            ids.clear();
            Call request = fixture.pipeline.begin(
                    Sent.received("POST", "http://agent/run").header("baggage", "weir.op=" + ROOT));
            program.run();
            fixture.pipeline.end(request, 200, null, null);
            return List.copyOf(ids);
        }

        List<String> inRequestOf(List<Step> steps) {
            return inRequest(() -> run(steps));
        }

        /** Calls fail a few times before they succeed. */
        void flaky(List<Step> steps, Random random) {
            for (Step step : steps) {
                if (step.isTool()) {
                    Call tool = fixture.pipeline.begin(new Tool(step.name()));
                    flaky(step.inside(), random);
                    fixture.pipeline.end(tool, 0, null, null);
                } else {
                    for (int failures = random.nextInt(4); failures > 0; failures--) call(step.name(), false);
                    call(step.name(), true);
                }
            }
        }

        void run(List<Step> steps) {
            for (Step step : steps) {
                if (!step.isTool()) {
                    call(step.name(), true);
                    continue;
                }
                Call tool = fixture.pipeline.begin(new Tool(step.name()));
                run(step.inside());
                fixture.pipeline.end(tool, 0, null, null);
            }
        }

        void call(String name, boolean succeeds) {
            call(Sent.to("POST", "http://pay/" + name, "same"), succeeds);
        }

        void call(Sent sent, boolean succeeds) {
            Call call = fixture.pipeline.begin(sent);
            assertNotNull(call);
            fixture.pipeline.end(call, succeeds ? 200 : 503, null, null);
            SpanRecord record = fixture.last();
            String id = Hex.of(record.operationHigh, record.operationLow);
            if (succeeds) ids.add(id);
        }
    }

    @TestFactory
    List<DynamicTest> idsAreStableUnderRetryOfAnyAncestor() {
        return programs((random, steps) -> {
            List<String> plain = new Runner().inRequestOf(steps);
            Runner second = new Runner();
            Set<String> retried = new TreeSet<>(second.inRequest(() -> retrying(second, steps, random)));
            assertEquals(new TreeSet<>(plain), retried);
        });
    }

    /** Every tool fails after a random part of it, some twice, and is then called again. */
    private static void retrying(Runner runner, List<Step> steps, Random random) {
        for (Step step : steps) {
            if (!step.isTool()) {
                runner.call(step.name(), true);
                continue;
            }
            for (int failures = random.nextInt(3); failures > 0; failures--) {
                List<Step> part =
                        step.inside().subList(0, random.nextInt(step.inside().size() + 1));
                Call tool = runner.fixture.pipeline.begin(new Tool(step.name()));
                retrying(runner, part, random);
                runner.fixture.pipeline.end(tool, 0, null, new IOException("tool dies"));
            }
            Call tool = runner.fixture.pipeline.begin(new Tool(step.name()));
            retrying(runner, step.inside(), random);
            runner.fixture.pipeline.end(tool, 0, null, null);
        }
    }

    @TestFactory
    List<DynamicTest> idsAreStableUnderRetryOfTheWholeRequest() {
        return programs((random, steps) -> {
            Runner runner = new Runner();
            List<String> first = runner.inRequest(() -> runner.run(steps));
            List<String> again = runner.inRequest(() -> runner.run(steps));
            assertEquals(first, again);
            assertEquals(first, new Runner().inRequestOf(steps), "another process finds the same ids");
        });
    }

    @TestFactory
    List<DynamicTest> attemptNumbersAreNeverPartOfAnId() {
        return programs((random, steps) -> {
            List<String> plain = new Runner().inRequestOf(steps);
            Runner failing = new Runner();
            List<String> ids = failing.inRequest(() -> failing.flaky(steps, random));
            assertEquals(plain, ids);
        });
    }

    /** An SDK that counts, and retries some of what looks settled, finds the same operations. */
    @TestFactory
    List<DynamicTest> hintsNeverChangeAnId() {
        return programs((random, steps) -> {
            List<String> plain = new Runner().inRequestOf(steps);
            Runner hinted = new Runner();
            Set<String> ids = new TreeSet<>(hinted.inRequest(() -> hinted(hinted, steps, random)));
            assertEquals(new TreeSet<>(plain), ids);
        });
    }

    private static void hinted(Runner runner, List<Step> steps, Random random) {
        for (Step step : steps) {
            if (step.isTool()) {
                Call tool = runner.fixture.pipeline.begin(new Tool(step.name()));
                hinted(runner, step.inside(), random);
                runner.fixture.pipeline.end(tool, 0, null, null);
                continue;
            }
            int retries = random.nextInt(4);
            for (int retry = 0; retry <= retries; retry++) {
                boolean succeeds = retry == retries || random.nextBoolean();
                runner.call(
                        Sent.to("POST", "http://pay/" + step.name(), "same")
                                .header("X-Stainless-Retry-Count", Integer.toString(retry)),
                        succeeds);
            }
        }
    }

    @TestFactory
    List<DynamicTest> wantedRepeatsAreDistinct() {
        return programs((random, steps) -> {
            List<String> ids = new Runner().inRequestOf(steps);
            assertEquals(ids.size(), new HashSet<>(ids).size(), ids.toString());
        });
    }

    @Test
    void idsOfIdenticalSiblingsDoNotDependOnInterleaving() throws Exception {
        int siblings = 8;
        Runner sequential = new Runner();
        Set<String> expected = new TreeSet<>(sequential.inRequest(() -> {
            for (int i = 0; i < siblings; i++) sequential.call("same", true);
        }));
        ExecutorService threads = Executors.newFixedThreadPool(siblings);
        try {
            for (int round = 0; round < 50; round++) {
                PipelineFixture fixture = new PipelineFixture();
                Call request = fixture.pipeline.begin(
                        Sent.received("POST", "http://agent/run").header("baggage", "weir.op=" + ROOT));
                Object context = fixture.pipeline.capture();
                CyclicBarrier together = new CyclicBarrier(siblings);
                List<Future<?>> running = new ArrayList<>();
                for (int i = 0; i < siblings; i++) {
                    running.add(threads.submit(() -> {
                        Object previous = fixture.pipeline.enter(context);
                        together.await();
                        Call call = fixture.pipeline.begin(Sent.to("POST", "http://pay/same", "same"));
                        fixture.pipeline.end(call, 200, null, null);
                        fixture.pipeline.exit(previous);
                        return null;
                    }));
                }
                for (Future<?> each : running) each.get();
                fixture.pipeline.end(request, 200, null, null);
                Set<String> ids = new TreeSet<>();
                for (SpanRecord record : fixture.records) {
                    if (record.kind == CallFacts.Kind.HTTP_CLIENT)
                        ids.add(Hex.of(record.operationHigh, record.operationLow));
                }
                assertEquals(expected, ids, "round " + round);
            }
        } finally {
            threads.shutdown();
        }
    }

    private interface Property {
        void holds(Random random, List<Step> steps);
    }

    private static List<DynamicTest> programs(Property property) {
        List<DynamicTest> tests = new ArrayList<>();
        long base = System.nanoTime();
        for (int i = 0; i < PROGRAMS; i++) {
            long seed = base + i;
            tests.add(DynamicTest.dynamicTest("seed " + seed, () -> {
                Random random = new Random(seed);
                property.holds(random, Collections.unmodifiableList(program(random, 3)));
            }));
        }
        return tests;
    }
}
