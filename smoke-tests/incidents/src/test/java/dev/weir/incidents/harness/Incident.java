package dev.weir.incidents.harness;

import java.util.List;
import java.util.Set;

/**
 * A failure of agents in production, reduced to programs that can be run.
 *
 * @param <M> what is measured from outside
 */
public interface Incident<M> {

    /** Its name, as in the table. */
    String name();

    /** The modes in which it means something. */
    default Set<Mode> modes() {
        return Set.of(Mode.values());
    }

    /** The rules that the last column enforces; all others only observe. */
    default List<String> rules() {
        return List.of("deadline", "idempotency-key", "retry-budget");
    }

    /** Whether it goes by the clock so much that a machine without CPU to spare proves nothing. */
    default boolean needsCpu() {
        return false;
    }

    /** Runs the programs once, to their end, and measures. */
    M run(Run run) throws Exception;

    /** Fails when what was measured is not what this column promises. */
    void check(Mode mode, M measured);

    /** What was measured, as a cell of the table. */
    String cell(M measured);
}
