package dev.weir.benchmark;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
        Map<String, Integer> counts = new LinkedHashMap<>();
        cell.forEach(run -> run.objections().forEach(objection -> counts.merge(objection, 1, Integer::sum)));
        return described(counts, cell.size());
    }

    List<String> notes(Line line, Agent agent) {
        List<RunResult> cell = cell(line, agent);
        Map<String, Integer> counts = new LinkedHashMap<>();
        cell.forEach(run -> run.notes().forEach(note -> counts.merge(note, 1, Integer::sum)));
        return described(counts, cell.size());
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

    private static List<String> described(Map<String, Integer> counts, int runs) {
        List<String> described = new ArrayList<>();
        counts.forEach((text, count) -> described.add(text + " (" + count + " of " + runs + " runs)"));
        return described;
    }
}
