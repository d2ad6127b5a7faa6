package dev.weir.instrumentation.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.testing.RecordingAgent;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScopedTest {

    private final RecordingAgent agent = new RecordingAgent("test");

    @BeforeEach
    void install() {
        Hooks.install(agent);
    }

    @AfterEach
    void remove() {
        Hooks.install(null);
    }

    private static final class Run extends Scoped<String> {

        @Override
        protected GenAiFacts facts() {
            return new GenAiFacts(CallFacts.Kind.RUN, "test", "run") {};
        }

        @Override
        public void heard(String item) {}
    }

    @Test
    void isFoundInItsContextUntilItIsOver() {
        Run run = new Run();
        run.begin();
        assertSame(run, Inside.get());
        Object inside = run.inside();
        run.leave();
        assertNull(Inside.get());
        Object before = Hooks.enter(inside);
        assertSame(run, Inside.get());
        run.end(null);
        // Whoever still carries the context is no part of it any more.
        assertNull(Inside.get());
        Hooks.exit(before);
        assertEquals(List.of("begin RUN", "end RUN"), agent.events());
    }

    @Test
    void theNextOneIsAnother() {
        Run run = new Run();
        run.begin();
        Object first = run.inside();
        run.pause(null);
        run.next();
        assertSame(run, Inside.get());
        Object before = Hooks.enter(first);
        assertNull(Inside.get());
        Hooks.exit(before);
        run.end(null);
        run.leave();
    }
}
