package dev.weir.incidents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.weir.incidents.harness.Incident;
import dev.weir.incidents.harness.InstalledJdk;
import dev.weir.incidents.harness.Kafka;
import dev.weir.incidents.harness.Mode;
import dev.weir.incidents.harness.Postgres;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.RamFilesystem;
import dev.weir.incidents.harness.Run;
import dev.weir.incidents.harness.Starvation;
import dev.weir.incidents.harness.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Runs every incident without Weir, in observe and in enforce, on every JDK of this machine, and prints the table.
 *
 * <p>{@code -Dincident=<name>}, {@code -Dincident.jdk=<feature>} and {@code -Dincident.mode=<mode>} run a part of it.
 */
final class IncidentsIT {

    private static final int TRIES = 3;

    private static final Table TABLE = new Table();
    private static final Postgres POSTGRES = new Postgres();
    private static final Kafka KAFKA = new Kafka();

    @TempDir
    private static Path scratch;

    private static List<Incident<?>> incidents() {
        return List.of(
                new LostChain(POSTGRES),
                new HopThree(),
                new DoubleCharge(true),
                new DoubleCharge(false),
                new FileHop("file-hop", Run::directory, true, true),
                new FileHop("file-hop, plain main", Run::directory, true, false),
                new FileHop("file-hop, no attributes", IncidentsIT::ramfs, false, true),
                new SilentRepeat("url-connection", "http-url-connection"),
                new SilentRepeat("okhttp", "okhttp"),
                new ElevenAgents(),
                new RetryStorm(),
                new BatchInvoice(),
                new SpuriousWebhooks(),
                new Redelivered(KAFKA, true),
                new Redelivered(KAFKA, false),
                RetryTower.unavailable(),
                RetryTower.dropped(),
                RetryTower.silent(),
                RetryTower.twoProcesses(),
                new ModelTower(),
                new GrpcRelay());
    }

    private static Path ramfs(Run run) throws IOException, InterruptedException {
        assumeTrue(
                RamFilesystem.available(scratch),
                "every file system here has extended attributes, and this user cannot mount a ramfs, which has none");
        return run.with(RamFilesystem.mount(run.directory())).directory();
    }

    /** First those that mostly wait, then those that go by the clock, which keep each other's company only. */
    @TestFactory
    @Execution(ExecutionMode.SAME_THREAD)
    List<DynamicNode> everyIncidentOnEveryJdk() throws IOException {
        List<DynamicNode> waiting = new ArrayList<>();
        List<DynamicNode> needingCpu = new ArrayList<>();
        for (InstalledJdk jdk : InstalledJdk.all()) {
            if (!chosen("incident.jdk", String.valueOf(jdk.feature()))) continue;
            for (Incident<?> incident : incidents()) {
                if (!chosen("incident", incident.name())) continue;
                (incident.needsCpu() ? needingCpu : waiting).add(columns(incident, jdk));
            }
        }
        return List.of(beside("wait", waiting), beside("need CPU", needingCpu));
    }

    private static DynamicNode beside(String name, List<DynamicNode> rows) {
        return dynamicContainer(container -> container
                .displayName(name)
                .childExecutionMode(ExecutionMode.CONCURRENT)
                .children(rows));
    }

    private static DynamicNode columns(Incident<?> incident, InstalledJdk jdk) {
        String row = incident.name() + " (" + jdk + ")";
        TABLE.add(row);
        Map<Mode, List<Program.Transcript>> transcripts = new HashMap<>();
        List<DynamicNode> columns = new ArrayList<>();
        for (Mode mode : Mode.values()) {
            if (!incident.modes().contains(mode) || !chosen("incident.mode", mode.word())) continue;
            columns.add(dynamicTest(mode.word(), () -> fairly(incident, jdk, mode, row, transcripts)));
        }
        return dynamicContainer(container -> container
                .displayName(row)
                .childExecutionMode(ExecutionMode.SAME_THREAD)
                .children(columns));
    }

    /** Again, when there was no CPU to spare; and after that nothing is proven. */
    private static void fairly(
            Incident<?> incident,
            InstalledJdk jdk,
            Mode mode,
            String row,
            Map<Mode, List<Program.Transcript>> transcripts)
            throws Exception {
        for (int tries = 1; ; tries++) {
            try (Starvation starvation = Starvation.measured()) {
                try {
                    run(incident, jdk, mode, row, transcripts);
                    return;
                } catch (AssertionError e) {
                    if (!incident.needsCpu() || !starvation.found()) throw e;
                    String starved = String.format(
                            "%s (this machine was short of CPU in %.0f %% of the time)",
                            e.getMessage(), 100 * starvation.share());
                    System.out.println("[WARNING] " + starved);
                    if (tries == TRIES) abort(starved);
                }
            }
        }
    }

    private static <M> void run(
            Incident<M> incident,
            InstalledJdk jdk,
            Mode mode,
            String row,
            Map<Mode, List<Program.Transcript>> transcripts)
            throws Exception {
        Path directory = Files.createTempDirectory(scratch, "run");
        try (Run run = new Run(jdk, mode, incident.rules(), directory)) {
            M measured = incident.run(run);
            TABLE.put(row, mode, incident.cell(measured));
            transcripts.put(mode, run.transcripts());
            incident.check(mode, measured);
            if (mode == Mode.OBSERVE && transcripts.containsKey(Mode.WITHOUT)) {
                assertEquals(transcripts.get(Mode.WITHOUT), run.transcripts(), "observe changes what is seen");
            }
        } catch (AssertionError e) {
            // The names of dynamic tests do not reach Maven's summary.
            throw new AssertionError(row + ", " + mode.word() + ": " + e.getMessage(), e);
        }
    }

    private static boolean chosen(String property, String value) {
        return value.equals(System.getProperty(property, value));
    }

    @AfterAll
    static void printTable() throws IOException {
        POSTGRES.close();
        KAFKA.close();
        System.out.println("\n" + TABLE);
        Files.writeString(Path.of("target", "incidents.md"), TABLE.toString(), StandardCharsets.UTF_8);
    }
}
