package dev.weir.benchmark;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs every line with every agent, interleaved, and prints one table. */
public final class Benchmark {

    private final Settings settings;
    private final JavaCommand java;
    private final Path runs;

    private Benchmark(Settings settings) throws IOException {
        this.settings = settings;
        this.java = new JavaCommand(settings.java(), settings.jars(), settings.springBoot());
        this.runs = Files.createDirectories(settings.directory().resolve("benchmark-runs"));
    }

    /** Ends with status 1 if a run was refused, 2 if a setting is wrong. */
    public static void main(String[] args) throws Exception {
        if (!Files.isDirectory(Path.of("/proc/self/task"))) {
            System.err.println("benchmark: needs Linux: it reads CPU time and memory from /proc");
            System.exit(2);
        }
        Settings settings;
        try {
            settings = Settings.of(System.getProperties());
        } catch (IllegalArgumentException e) {
            System.err.println("benchmark: " + e.getMessage());
            System.exit(2);
            return;
        }
        System.exit(new Benchmark(settings).run() ? 0 : 1);
    }

    private boolean run() throws IOException, InterruptedException {
        String version = java.version();
        int feature = Runtime.Version.parse(version.split("-")[0]).feature();
        ClassArchive archive = new ClassArchive(Files.createTempDirectory(runs, "archive"), feature);
        List<Line> lines = new ArrayList<>();
        for (Line line : settings.lines()) {
            if (feature >= line.minimumJdk()) {
                lines.add(line);
            } else {
                System.out.println(line.id() + ": left out, needs Java " + line.minimumJdk());
            }
        }
        for (Agent agent : settings.jars().keySet()) {
            if (feature > agent.newestJdk()) {
                System.out.println(agent.id() + ": left out, reads no classes newer than Java " + agent.newestJdk());
            }
        }
        EmptyAgentJar.writeTo(settings.directory());
        List<RunPlan.Run> plan =
                RunPlan.shuffled(lines, line -> settings.agents(line, feature), settings.rounds(), settings.seed());
        System.out.printf(
                Locale.ROOT,
                "%d runs, about %d minutes on an idle machine, -Dbenchmark.seed=%d%n",
                plan.size(),
                RunPlan.duration(plan, settings.pace()).toMinutes() + 1,
                settings.seed());
        Results results = new Results();
        long start = System.nanoTime();
        try (TargetServer target = new TargetServer()) {
            for (Agent agent : settings.jars().keySet()) {
                // Discarded: the first reader of a jar pays for the disk.
                new StartUpRun(java, runs).run(agent, "discarded-" + agent.id());
            }
            int done = 0;
            for (List<RunPlan.Run> together : RunPlan.together(plan)) {
                List<RunResult> measured = measure(together, archive, target.address());
                for (int i = 0; i < measured.size(); i++) {
                    results.add(measured.get(i));
                    done++;
                    System.out.printf(
                            Locale.ROOT,
                            "%4d s  %d/%d  %s  %s%n",
                            (System.nanoTime() - start) / 1_000_000_000L,
                            done,
                            plan.size(),
                            together.get(i).name(),
                            summary(measured.get(i)));
                }
            }
        }
        String report = new Report(results).markdown(title(version));
        Path file = settings.directory().resolve("benchmark.md");
        Files.writeString(file, report, StandardCharsets.UTF_8);
        System.out.println("\n" + report + "\nWritten to " + file);
        return !results.anyObjection();
    }

    private List<RunResult> measure(List<RunPlan.Run> together, ClassArchive archive, URI target)
            throws InterruptedException {
        RunPlan.Run run = together.get(0);
        return switch (run.line().kind()) {
            case HELLO -> List.of(new StartUpRun(java, runs).run(run.agent(), run.name()));
            case READY, ARCHIVE ->
                List.of(new SpringBootRun(java, archive, runs).run(run.line(), run.agent(), run.name()));
            case CALL, CALL_AND_RULES, FILE, FILE_OUTSIDE, HOP ->
                new OperationRound(java, settings.pace(), target, runs).run(together);
        };
    }

    private static String summary(RunResult result) {
        if (!result.objections().isEmpty()) {
            return "REFUSED: " + String.join("; ", result.objections());
        }
        return result.values().entrySet().stream()
                .map(value -> value.getKey().title() + " " + Report.number(value.getValue()))
                .collect(Collectors.joining("  "));
    }

    private String title(String version) throws IOException {
        List<String> words = new ArrayList<>(List.of(
                "Benchmark of " + LocalDate.now(ZoneOffset.UTC),
                "JDK " + version,
                Runtime.getRuntime().availableProcessors() + " cores (" + processor() + ")"));
        for (Agent agent : settings.jars().keySet()) {
            String agentVersion = System.getProperty(agent.jar() + ".version", "");
            if (!agentVersion.isEmpty()) {
                words.add(agent.title() + " " + agentVersion);
            }
        }
        words.add("seed " + settings.seed());
        words.add("warmed up for up to " + settings.pace().warmUpSeconds() + " s");
        if (settings.pace().equals(Pace.quick())) {
            words.add("quick");
        }
        String title = String.join(", ", words);
        Path weir = settings.jars().get(Agent.WEIR);
        return weir == null ? title : title + "\n\n" + jarSize(Files.size(weir));
    }

    static String jarSize(long bytes) {
        return String.format(
                Locale.ROOT,
                "weir.jar: %,d bytes, budget ≤ %,d: %s",
                bytes,
                Budgets.JAR,
                new Verdict(bytes <= Budgets.JAR ? Verdict.Outcome.HOLDS : Verdict.Outcome.MISSED, "", ""));
    }

    private static String processor() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch", "unknown"));
        }
    }
}
