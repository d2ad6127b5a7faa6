package dev.weir.incidents;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.incidents.harness.Incident;
import dev.weir.incidents.harness.Mode;
import dev.weir.incidents.harness.Postgres;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.Run;
import dev.weir.incidents.harness.Span;
import dev.weir.incidents.lostchain.Planner;
import dev.weir.incidents.lostchain.Researcher;
import dev.weir.incidents.lostchain.ToolServer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** Three agents call each other over pools, fork-join tasks, schedulers, new threads, virtual threads and futures. */
final class LostChain implements Incident<LostChain.Measured> {

    private static final int RUNS = 4;

    /** Two requests that reach the researcher in a run, and five that reach the tool server. */
    private static final int REQUESTS_PER_RUN = 7;

    /** A whole run: every call under the call that caused it, whatever thread it was handed to. */
    private static final String RUN = String.join(
            "\n",
            "planner SERVER GET /run",
            "  planner CLIENT GET /order",
            "    tools SERVER GET /order",
            "      tools CLIENT INSERT article",
            "  planner CLIENT GET /price",
            "    tools SERVER GET /price",
            "      tools CLIENT SELECT article",
            "  planner CLIENT GET /research",
            "    researcher SERVER GET /research",
            "      researcher CLIENT GET /search",
            "        tools SERVER GET /search",
            "          tools CLIENT SELECT article",
            "      researcher CLIENT SELECT known",
            "  planner CLIENT GET /stock",
            "    tools SERVER GET /stock",
            "      tools CLIENT SELECT article",
            "  planner CLIENT GET /summary",
            "    researcher SERVER GET /summary",
            "      researcher CLIENT GET /summarise",
            "        tools SERVER GET /summarise",
            "          tools CLIENT SELECT article",
            "  planner CLIENT INSERT note",
            "  planner CLIENT INSERT planned",
            "");

    /** What two of the programs do before the first run. */
    private static final List<String> START_UP =
            List.of("planner CLIENT CREATE note\n", "tools CLIENT CREATE article\n");

    /** The trace ids that the servers received, one list for each run, and what was traced. */
    record Measured(List<List<String>> received, List<Span> spans) {
        long withTrace() {
            return received.stream()
                    .flatMap(List::stream)
                    .filter(id -> !id.equals("none"))
                    .count();
        }
    }

    private final Postgres postgres;

    LostChain(Postgres postgres) {
        this.postgres = postgres;
    }

    @Override
    public String name() {
        return "lost-chain";
    }

    @Override
    public Set<Mode> modes() {
        return EnumSet.of(Mode.WITHOUT, Mode.OBSERVE);
    }

    @Override
    public Measured run(Run run) throws Exception {
        String orders =
                postgres.database("CREATE TABLE planned (run VARCHAR(40))", "CREATE TABLE known (topic VARCHAR(40))");
        Program tools = run.start("tools", ToolServer.class);
        Program researcher = run.start("researcher", Researcher.class, tools.url(""), orders);
        Program planner = run.start("planner", Planner.class, researcher.url(""), tools.url(""), orders);
        String url = planner.url("/run");
        ExecutorService users = Executors.newFixedThreadPool(RUNS);
        List<Callable<String>> asks = new ArrayList<>();
        for (int i = 0; i < RUNS; i++) {
            String ask = url + "?run-" + i;
            asks.add(() -> run.ask(ask).body());
        }
        for (Future<String> answer : users.invokeAll(asks)) assertEquals("planned", answer.get());
        users.shutdown();
        run.end(planner, "jdk-http-server", "jdk-http-client", "http-url-connection", "jdbc", "threads");
        run.end(researcher, "jdk-http-server", "jdk-http-client", "jdbc", "threads");
        run.end(tools, "jdk-http-server", "jdbc", "threads");

        List<List<String>> received = new ArrayList<>();
        for (int i = 0; i < RUNS; i++) {
            String query = "?run-" + i + " ";
            received.add(Stream.of(researcher, tools)
                    .flatMap(program -> program.stderr().stream())
                    .filter(line -> line.startsWith("access ") && line.contains(query))
                    .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                    .map(traceparent ->
                            traceparent.equals("none") ? "none" : traceparent.split("-")[1])
                    .toList());
        }
        return new Measured(received, run.spans());
    }

    @Override
    public void check(Mode mode, Measured measured) {
        for (List<String> ids : measured.received) assertEquals(REQUESTS_PER_RUN, ids.size());
        if (mode == Mode.WITHOUT) {
            assertEquals(0, measured.withTrace(), "nothing holds the calls of a run together");
            return;
        }
        for (List<String> ids : measured.received) {
            assertEquals(1, ids.stream().distinct().count(), () -> "trace ids of one run: " + ids);
        }
        List<String> trees = Causality.traces(measured.spans).values().stream()
                .map(Causality::tree)
                .sorted()
                .toList();
        List<String> expected = new ArrayList<>(START_UP);
        expected.addAll(Collections.nCopies(RUNS, RUN));
        expected.sort(null);
        assertEquals(expected, trees);
    }

    @Override
    public String cell(Measured measured) {
        long traces =
                measured.received.stream().flatMap(List::stream).distinct().count();
        return measured.withTrace() == 0
                ? "none of " + RUNS * REQUESTS_PER_RUN + " requests says what caused it"
                : RUNS + " runs, " + traces + " traces, " + measured.withTrace() + " of " + RUNS * REQUESTS_PER_RUN
                        + " requests under their cause";
    }
}
