package dev.weir.benchmark;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What one process showed; with an objection, nothing may be concluded from it. */
record RunResult(Line line, Agent agent, Map<Metric, Double> values, List<String> objections, List<String> notes) {

    RunResult {
        values = Collections.unmodifiableMap(new TreeMap<>(values));
        objections = List.copyOf(objections);
        notes = List.copyOf(notes);
    }

    static RunResult failed(Line line, Agent agent, String objection) {
        return new RunResult(line, agent, Map.of(), List.of(objection), List.of());
    }
}
