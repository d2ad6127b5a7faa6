package dev.weir.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.agent.context.Identity;
import dev.weir.agent.context.Scratch;
import dev.weir.agent.ledger.Roots;
import dev.weir.bootstrap.CallFacts;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the agent says at the end of things that it left out on purpose. */
class OverlookedTest {

    @Test
    void isCounted() {
        Roots roots = new Roots(new Identity("test", 16, 1, ThreadLocal.withInitial(Scratch::new)), 2);
        assertEquals(List.of(), RunningAgent.overlooked(roots));
        for (int i = 0; i < 5; i++) roots.of(CallFacts.Kind.HTTP_SERVER, 1, i);
        for (int i = 0; i < 7; i++) roots.evicted();
        assertEquals(
                List.of(
                        "7 operations were forgotten, settled ones first, where a root had more than"
                                + " weir.limits.operations-per-root",
                        "3 roots were forgotten, the oldest of more than weir.limits.roots"),
                RunningAgent.overlooked(roots));
    }
}
