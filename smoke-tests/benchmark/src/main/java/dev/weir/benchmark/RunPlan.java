package dev.weir.benchmark;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * The order of the runs: in each round every line once, in each line every agent once, both shuffled.
 *
 * <p>So the agents that are compared run close to each other in time, and none always follows the same other.
 */
final class RunPlan {

    private RunPlan() {}

    static List<Run> shuffled(Collection<Line> lines, Collection<Agent> agents, int rounds, long seed) {
        Random random = new Random(seed);
        List<Line> lineOrder = new ArrayList<>(lines);
        List<Agent> agentOrder = new ArrayList<>(agents);
        List<Run> runs = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            Collections.shuffle(lineOrder, random);
            for (Line line : lineOrder) {
                Collections.shuffle(agentOrder, random);
                for (Agent agent : agentOrder) {
                    runs.add(new Run(round, line, agent));
                }
            }
        }
        return runs;
    }

    /** One process to come. */
    record Run(int round, Line line, Agent agent) {

        String name() {
            return line.id() + "-" + agent.id() + "-" + round;
        }
    }
}
