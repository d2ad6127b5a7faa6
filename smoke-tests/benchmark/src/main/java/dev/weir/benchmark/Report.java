package dev.weir.benchmark;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Writes results as Markdown tables: what was measured, what agents add, and how that stands to the budgets; and what was
 * refused or odd.
 */
final class Report {

    private static final List<String> BUDGETS = List.of("line", "measure", "budget", "measured", "verdict");

    private final Results results;

    Report(Results results) {
        this.results = results;
    }

    String markdown(String title) {
        List<List<String>> measured = new ArrayList<>();
        List<List<String>> added = new ArrayList<>();
        List<List<String>> judged = new ArrayList<>();
        measured.add(head());
        added.add(addedHead());
        judged.add(BUDGETS);
        for (Line line : results.lines()) {
            for (Metric metric : line.metrics()) {
                measured.add(row(line, metric));
                added.add(addedRow(line, metric));
                for (Budget budget : Budgets.of(line, metric)) {
                    judged.add(judged(line, metric, budget));
                }
            }
        }
        return title + "\n\n" + table(measured)
                + "\nCells: median (min–max) of n runs, each in a process of its own.\n\n"
                + table(added)
                + "\nAdded: median (min–max) of the differences to no agent in the same round.\n\n"
                + table(judged) + "\nMeasured: the share, or what Weir adds.\n"
                + refused()
                + notes();
    }

    private List<String> head() {
        List<String> head = new ArrayList<>(List.of("line", "measure", "n"));
        results.agents().forEach(agent -> head.add(agent.title()));
        head.addAll(List.of("Weir ÷ none", "Weir ÷ OTel"));
        return head;
    }

    private List<String> addedHead() {
        List<String> head = new ArrayList<>(List.of("line", "added"));
        withoutNone().forEach(agent -> head.add(agent.title()));
        head.addAll(List.of("Weir ÷ OTel", "rounds below OTel"));
        return head;
    }

    private List<Agent> withoutNone() {
        return results.agents().stream().filter(agent -> agent != Agent.NONE).toList();
    }

    private List<String> addedRow(Line line, Metric metric) {
        List<String> row = new ArrayList<>(List.of(line.title(), metric.title()));
        for (Agent agent : withoutNone()) {
            row.add(added(line, agent, metric).map(Report::cell).orElse("–"));
        }
        // What does not show above the noise of no agent is nothing to divide by.
        Optional<Double> base = added(line, Agent.OPENTELEMETRY, metric)
                .filter(added -> sample(line, Agent.OPENTELEMETRY, metric).showsAbove(sample(line, Agent.NONE, metric)))
                .map(Sample::median);
        row.add(ratio(added(line, Agent.WEIR, metric).map(Sample::median), base));
        row.add(roundsBelow(line, metric));
        return row;
    }

    /** Medians of a few noisy rounds may lie either way; this says whether the rounds agree. */
    private String roundsBelow(Line line, Metric metric) {
        return results.sample(line, Agent.WEIR, metric)
                .flatMap(weir -> results.sample(line, Agent.OPENTELEMETRY, metric)
                        .filter(other -> other.n() == weir.n())
                        .map(other -> weir.roundsBelow(other) + " of " + weir.n()))
                .orElse("–");
    }

    private List<String> row(Line line, Metric metric) {
        Optional<Sample> none = results.sample(line, Agent.NONE, metric);
        Optional<Sample> weir = results.sample(line, Agent.WEIR, metric);
        Optional<Sample> openTelemetry = results.sample(line, Agent.OPENTELEMETRY, metric);
        List<String> row = new ArrayList<>();
        row.add(line.title());
        row.add(metric.title());
        row.add(n(line, metric));
        for (Agent agent : results.agents()) {
            row.add(cell(line, agent, metric));
        }
        row.add(ratio(weir.map(Sample::median), none.map(Sample::median)));
        row.add(ratio(weir.map(Sample::median), openTelemetry.map(Sample::median)));
        return row;
    }

    private List<String> judged(Line line, Metric metric, Budget budget) {
        List<String> row = new ArrayList<>(List.of(line.title(), metric.title(), budget.toString()));
        List<Agent> refused = budget.agents().stream()
                .filter(agent -> !results.objections(line, agent).isEmpty())
                .toList();
        Map<Agent, Sample> samples = new EnumMap<>(Agent.class);
        for (Agent agent : budget.agents()) {
            results.sample(line, agent, metric).ifPresent(sample -> samples.put(agent, sample));
        }
        if (!refused.isEmpty()) {
            row.addAll(List.of("–", "refused: " + titles(refused) + ", see below"));
        } else if (samples.size() < budget.agents().size()) {
            List<Agent> absent = new ArrayList<>(budget.agents());
            absent.removeAll(samples.keySet());
            row.addAll(List.of("–", "not compared, left out: " + titles(absent)));
        } else if (samples.values().stream().map(Sample::n).distinct().count() > 1) {
            row.addAll(List.of("–", "not compared: not of the same rounds"));
        } else {
            Verdict verdict = budget.judge(agent -> Objects.requireNonNull(samples.get(agent)));
            row.addAll(List.of(verdict.measured(), verdict.toString()));
        }
        return row;
    }

    private static String titles(List<Agent> agents) {
        return agents.stream().map(Agent::title).collect(Collectors.joining(", "));
    }

    private String cell(Line line, Agent agent, Metric metric) {
        if (!results.objections(line, agent).isEmpty()) {
            return "refused";
        }
        return results.sample(line, agent, metric).map(Report::cell).orElse("–");
    }

    private static String cell(Sample sample) {
        return number(sample.median()) + " (" + number(sample.min()) + "–" + number(sample.max()) + ")";
    }

    /** The number of runs, or each agent's where they differ. */
    private String n(Line line, Metric metric) {
        List<Integer> counts = results.agents().stream()
                .map(agent -> results.sample(line, agent, metric).map(Sample::n).orElse(0))
                .toList();
        List<Integer> used =
                counts.stream().filter(count -> count > 0).distinct().toList();
        return used.size() == 1 ? used.get(0).toString() : counts.toString();
    }

    /** Only of rounds that none is left out of. */
    private Optional<Sample> added(Line line, Agent agent, Metric metric) {
        return results.sample(line, Agent.NONE, metric)
                .flatMap(none -> results.sample(line, agent, metric)
                        .filter(sample -> sample.n() == none.n())
                        .map(sample -> sample.minus(none)));
    }

    private Sample sample(Line line, Agent agent, Metric metric) {
        return results.sample(line, agent, metric).orElseThrow();
    }

    private static String ratio(Optional<Double> value, Optional<Double> base) {
        if (value.isEmpty() || base.isEmpty() || base.get() == 0) {
            return "–";
        }
        return String.format(Locale.ROOT, "%.2f", value.get() / base.get());
    }

    private String refused() {
        StringBuilder section = new StringBuilder();
        for (Line line : results.lines()) {
            for (Agent agent : results.agents()) {
                for (String objection : results.objections(line, agent)) {
                    section.append("- " + line.title() + ", " + agent.title() + ": " + objection + "\n");
                }
            }
        }
        return section.isEmpty() ? "" : "\nRefused, so no ratio is drawn from these:\n\n" + section;
    }

    private String notes() {
        StringBuilder section = new StringBuilder();
        results.notes().forEach((note, where) -> section.append("- " + note + ": " + String.join(", ", where) + "\n"));
        return section.isEmpty() ? "" : "\nNotes, with the runs that they are about:\n\n" + section;
    }

    /** Three significant digits, and no fraction of what is counted in hundreds. */
    static String number(double value) {
        double size = Math.abs(value);
        if (size >= 99.95) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        if (size >= 9.995) {
            return String.format(Locale.ROOT, "%.1f", value);
        }
        return String.format(Locale.ROOT, size >= 0.9995 ? "%.2f" : "%.3f", value);
    }

    private static String table(List<List<String>> rows) {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder table = new StringBuilder();
        for (int r = 0; r < rows.size(); r++) {
            appendRow(table, rows.get(r), widths, ' ');
            if (r == 0) {
                appendRow(table, rows.get(r).stream().map(cell -> "-").toList(), widths, '-');
            }
        }
        return table.toString();
    }

    private static void appendRow(StringBuilder table, List<String> row, int[] widths, char filler) {
        for (int i = 0; i < row.size(); i++) {
            String cell = row.get(i);
            table.append(i == 0 ? "| " : " | ").append(cell);
            table.append(String.valueOf(filler).repeat(widths[i] - cell.length()));
        }
        table.append(" |\n");
    }
}
