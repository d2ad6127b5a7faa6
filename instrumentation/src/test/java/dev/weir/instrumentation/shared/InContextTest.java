package dev.weir.instrumentation.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.testing.RecordingAgent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InContextTest {

    private static final Object CAPTURED = "captured";

    private static final Object AROUND = "around";

    private final List<@Nullable Object> seen = new ArrayList<>();

    @BeforeEach
    void install() {
        Hooks.install(new RecordingAgent("test"));
        Hooks.enter(AROUND);
    }

    @AfterEach
    void threadIsAsItWas() {
        try {
            assertSame(AROUND, Hooks.capture());
        } finally {
            Hooks.install(null);
        }
    }

    private void saw(Object... given) {
        seen.add(Hooks.capture());
        seen.addAll(List.of(given));
    }

    private String told(Object... given) {
        saw(given);
        return "told";
    }

    @Test
    void stepsRunInTheContextWithWhatTheyWereGiven() {
        InContext.run(CAPTURED, 1, this::saw);
        InContext.run(CAPTURED, 1, 2, this::saw);
        InContext.run(CAPTURED, 1, 2, 3, this::saw);
        assertEquals(List.of(CAPTURED, 1, CAPTURED, 1, 2, CAPTURED, 1, 2, 3), seen);
    }

    @Test
    void sourcesGiveWhatTheyHave() {
        assertEquals("told", InContext.get(CAPTURED, 1, this::told));
        assertEquals("told", InContext.get(CAPTURED, 1, 2, this::told));
        assertEquals(List.of(CAPTURED, 1, CAPTURED, 1, 2), seen);
    }

    @Test
    void noContextIsOneToo() {
        InContext.run(null, 1, this::saw);
        assertNull(seen.get(0));
    }

    @Test
    void failuresPassAndTheThreadIsAsItWas() {
        IOException failure = new IOException();
        InContext.Step<Object, IOException> step = a -> {
            throw failure;
        };
        InContext.Step2<Object, Object, IOException> step2 = (a, b) -> {
            throw failure;
        };
        InContext.Step3<Object, Object, Object, IOException> step3 = (a, b, c) -> {
            throw failure;
        };
        InContext.Source<Object, String, IOException> source = a -> {
            throw failure;
        };
        InContext.Source2<Object, Object, String, IOException> source2 = (a, b) -> {
            throw failure;
        };
        assertSame(failure, assertThrows(IOException.class, () -> InContext.run(CAPTURED, 1, step)));
        assertSame(AROUND, Hooks.capture());
        assertSame(failure, assertThrows(IOException.class, () -> InContext.run(CAPTURED, 1, 2, step2)));
        assertSame(AROUND, Hooks.capture());
        assertSame(failure, assertThrows(IOException.class, () -> InContext.run(CAPTURED, 1, 2, 3, step3)));
        assertSame(AROUND, Hooks.capture());
        assertSame(failure, assertThrows(IOException.class, () -> InContext.get(CAPTURED, 1, source)));
        assertSame(AROUND, Hooks.capture());
        assertSame(failure, assertThrows(IOException.class, () -> InContext.get(CAPTURED, 1, 2, source2)));
    }

    @Test
    void taskRunsLaterInTheContextOfNow() {
        Runnable task = InContext.task(this::saw);
        assertNotNull(task);
        Object before = Hooks.enter(CAPTURED);
        task.run();
        assertSame(CAPTURED, Hooks.capture());
        Hooks.exit(before);
        assertEquals(List.of(AROUND), seen);
    }

    @Test
    void taskOfNobodyStaysAsItIs() {
        Runnable task = this::saw;
        Object before = Hooks.enter(null);
        assertSame(task, InContext.task(task));
        Hooks.exit(before);
        assertNull(InContext.task(null));
    }

    @Test
    void enteredUntilItIsLeft() {
        Entered entered = new Entered(CAPTURED);
        assertSame(CAPTURED, Hooks.capture());
        entered.exit();
    }
}
