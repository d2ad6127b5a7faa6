package dev.weir.benchmark;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** All runs, by line and agent. */
final class Results {

    private final Map<Line, Map<Agent, List<RunResult>>> runs = new EnumMap<>(Line.class);

    void add(RunResult run) {
        runs.computeIfAbsent(run.line(), line -> new EnumMap<>(Agent.class))
                .computeIfAbsent(run.agent(), agent -> new ArrayList<>())
                .add(run);
    }

    Set<Line> lines() {
        return runs.keySet();
    }

    Set<Agent> agents() {
        Set<Agent> agents = new LinkedHashSet<>();
        for (Agent agent : Agent.values()) {
            if (runs.values().stream().anyMatch(line -> line.containsKey(agent))) {
                agents.add(agent);
            }
        }
        return agents;
    }

    /** The values of all runs; empty unless every one of them may be used. */
    Optional<Sample> sample(Line line, Agent agent, Metric metric) {
        List<RunResult> cell = cell(line, agent);
        if (cell.isEmpty() || cell.stream().anyMatch(run -> !run.objections().isEmpty())) {
            return Optional.empty();
        }
        List<Double> values = new ArrayList<>();
        for (RunResult run : cell) {
            Double value = run.values().get(metric);
            if (value != null) {
                values.add(value);
            }
        }
        return values.isEmpty() ? Optional.empty() : Optional.of(Sample.of(values));
    }

    /** Why an agent's runs of a line may not be compared, each reason once with the number of runs it holds for. */
    List<String> objections(Line line, Agent agent) {
        List<RunResult> cell = cell(line, agent);
        List<String> described = new ArrayList<>();
        count(cell, RunResult::objections)
                .forEach((objection, count) ->
                        described.add(objection + " (" + count + " of " + cell.size() + " runs)"));
        return described;
    }

    /** What was odd, though not wrong, and in how many of whose runs. */
    Map<String, List<String>> notes() {
        Map<String, List<String>> notes = new TreeMap<>();
        for (Line line : lines()) {
            for (Agent agent : agents()) {
                List<RunResult> cell = cell(line, agent);
                count(cell, RunResult::notes)
                        .forEach((note, count) -> notes.computeIfAbsent(note, key -> new ArrayList<>())
                                .add(line.id() + "/" + agent.id() + " " + count + " of " + cell.size()));
            }
        }
        return notes;
    }

    boolean anyObjection() {
        return runs.values().stream()
                .flatMap(line -> line.values().stream())
                .flatMap(List::stream)
                .anyMatch(run -> !run.objections().isEmpty());
    }

    private List<RunResult> cell(Line line, Agent agent) {
        return runs.getOrDefault(line, Map.of()).getOrDefault(agent, List.of());
    }

    private static Map<String, Integer> count(List<RunResult> cell, Function<RunResult, List<String>> texts) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        cell.forEach(run -> texts.apply(run).forEach(text -> counts.merge(text, 1, Integer::sum)));
        return counts;
    }
}
