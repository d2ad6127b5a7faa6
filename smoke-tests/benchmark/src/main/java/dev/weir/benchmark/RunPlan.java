package dev.weir.benchmark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * The order of the runs: in each round every line once, in each line every agent once, both shuffled.
 *
 * <p>So the agents that are compared run close to each other in time, and none always follows the same other.
 */
final class RunPlan {

    private RunPlan() {}

    static List<Run> shuffled(Collection<Line> lines, Function<Line, List<Agent>> agents, int rounds, long seed) {
        Random random = new Random(seed);
        List<Line> lineOrder = new ArrayList<>(lines);
        List<Run> runs = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            Collections.shuffle(lineOrder, random);
            for (Line line : lineOrder) {
                List<Agent> agentOrder = new ArrayList<>(agents.apply(line));
                Collections.shuffle(agentOrder, random);
                for (Agent agent : agentOrder) {
                    runs.add(new Run(round, line, agent));
                }
            }
        }
        return runs;
    }

    /** Roughly how long all of them take on an idle machine. */
    static Duration duration(Collection<Run> runs, Pace pace) {
        return Duration.ofSeconds(Math.round(runs.stream()
                .mapToDouble(run -> {
                    double start = run.agent().startSeconds();
                    return switch (run.line().kind()) {
                        // Twice: timed and watched.
                        case HELLO -> 2 * (0.2 + start);
                        case READY, ARCHIVE -> 3.5 + start;
                        case CALL, CALL_AND_RULES, FILE, FILE_OUTSIDE, HOP ->
                            1 + 0.75 * start + pace.expectedSeconds(run.line());
                    };
                })
                .sum()));
    }

    /** The same, as they are measured: operations of one line and round together, all else alone. */
    static List<List<Run>> together(List<Run> runs) {
        List<List<Run>> groups = new ArrayList<>();
        for (Run run : runs) {
            List<Run> last = groups.isEmpty() ? List.of() : groups.get(groups.size() - 1);
            if (run.line().kind().isOperation() && !last.isEmpty() && run.besides(last.get(0))) {
                last.add(run);
            } else {
                groups.add(new ArrayList<>(List.of(run)));
            }
        }
        return groups;
    }

    /** One process to come. */
    record Run(int round, Line line, Agent agent) {

        String name() {
            return line.id() + "-" + agent.id() + "-" + round;
        }

        private boolean besides(Run other) {
            return line == other.line && round == other.round;
        }
    }
}
