package dev.weir.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RunPlanTest {

    private static final List<Line> LINES = List.of(Line.values());
    private static final List<Agent> AGENTS = List.of(Agent.values());

    @Test
    void agentsOfALineFollowEachOtherAndEachRunsOnceARound() {
        List<RunPlan.Run> plan = RunPlan.shuffled(LINES, line -> AGENTS, 7, 42);
        assertEquals(7 * LINES.size() * AGENTS.size(), plan.size());
        for (int i = 0; i < plan.size(); i += AGENTS.size()) {
            List<RunPlan.Run> together = plan.subList(i, i + AGENTS.size());
            assertEquals(1, together.stream().map(RunPlan.Run::line).distinct().count());
            assertEquals(1, together.stream().map(RunPlan.Run::round).distinct().count());
            assertEquals(EnumSet.allOf(Agent.class), agents(together));
        }
        Set<String> names = plan.stream().map(RunPlan.Run::name).collect(Collectors.toSet());
        assertEquals(plan.size(), names.size());
    }

    /** What is compared runs at the same time; starting is measured alone. */
    @Test
    void operationsOfOneLineAndRoundAreMeasuredTogether() {
        List<RunPlan.Run> plan = RunPlan.shuffled(LINES, line -> AGENTS, 3, 42);
        List<List<RunPlan.Run>> together = RunPlan.together(plan);
        assertEquals(plan, together.stream().flatMap(List::stream).toList());
        for (List<RunPlan.Run> group : together) {
            boolean operations = group.get(0).line().kind().isOperation();
            assertEquals(operations ? AGENTS.size() : 1, group.size(), group::toString);
            assertEquals(1, group.stream().map(RunPlan.Run::line).distinct().count());
            assertEquals(1, group.stream().map(RunPlan.Run::round).distinct().count());
        }
    }

    @Test
    void theOrderComesFromTheSeed() {
        assertEquals(RunPlan.shuffled(LINES, line -> AGENTS, 3, 42), RunPlan.shuffled(LINES, line -> AGENTS, 3, 42));
        assertNotEquals(RunPlan.shuffled(LINES, line -> AGENTS, 3, 42), RunPlan.shuffled(LINES, line -> AGENTS, 3, 43));
    }

    @Test
    void aLineRunsWithItsOwnAgentsOnly() {
        List<RunPlan.Run> plan =
                RunPlan.shuffled(LINES, line -> line == Line.JDBC ? AGENTS : List.of(Agent.WEIR), 2, 42);
        assertEquals(2 * (AGENTS.size() + LINES.size() - 1), plan.size());
    }

    /** What docs/performance.md promises. */
    @Test
    void theDefaultsFitIntoAnHourAndQuickIntoTenMinutes() {
        for (int jdk : new int[] {17, 25}) {
            assertTrue(minutes(7, Pace.full(), jdk) < 60, () -> minutes(7, Pace.full(), jdk) + " minutes");
            assertTrue(minutes(1, Pace.quick(), jdk) < 10, () -> minutes(1, Pace.quick(), jdk) + " minutes");
        }
    }

    private static long minutes(int rounds, Pace pace, int jdk) {
        List<Line> lines = LINES.stream()
                .filter(line -> line.byDefault() && line.minimumJdk() <= jdk)
                .toList();
        return RunPlan.duration(RunPlan.shuffled(lines, line -> agents(line, jdk), rounds, 42), pace)
                .toMinutes();
    }

    private static List<Agent> agents(Line line, int jdk) {
        return line.agents().stream().filter(agent -> agent.newestJdk() >= jdk).toList();
    }

    private static Set<Agent> agents(List<RunPlan.Run> runs) {
        return runs.stream().map(RunPlan.Run::agent).collect(Collectors.toSet());
    }
}
