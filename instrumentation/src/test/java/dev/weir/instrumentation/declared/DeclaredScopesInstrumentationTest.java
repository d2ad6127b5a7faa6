package dev.weir.instrumentation.declared;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.ScopeFacts;
import dev.weir.instrumentation.testing.Woven;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DeclaredScopesInstrumentationTest {

    private static final String HERE = "dev.weir.instrumentation.declared.DeclaredScopesInstrumentationTest$Agent#";

    @RegisterExtension
    final Woven woven = new Woven(new DeclaredScopesInstrumentation(
            List.of(HERE + "charge", HERE + "later"), List.of(HERE + "run"), List.of(HERE + "attempt")));

    /** A home-made agent. */
    static final class Agent {
        final CompletableFuture<String> answer = new CompletableFuture<>();

        long run(int tools, double unused) {
            for (int i = 0; i < tools; i++) charge("card", 10L, 'c', new byte[] {1}, i == 1);
            return tools;
        }

        private static void charge(String card, long cents, char code, byte[] token, boolean dies) {
            if (dies) throw new IllegalStateException("tool dies");
        }

        CompletableFuture<String> later() {
            return answer;
        }

        String attempt() {
            return "done";
        }
    }

    @Test
    void methodsOfAnyShapeAreScopes() {
        assertEquals(1, new Agent().run(1, 0.5));
        assertEquals("done", new Agent().attempt());
        assertEquals(
                List.of("begin RUN", "begin TOOL", "end TOOL", "end RUN", "begin RETRY", "end RETRY"),
                woven.agent().events());
        ScopeFacts tool = (ScopeFacts) woven.agent().begun().get(1);
        assertEquals("DeclaredScopesInstrumentationTest$Agent.charge", tool.name());
        assertEquals(CallFacts.Kind.TOOL, tool.kind());
        assertArrayEquals(new Object[] {"card", 10L, 'c', new byte[] {1}, false}, tool.arguments());
    }

    @Test
    void exceptionsPassThrough() {
        assertThrows(IllegalStateException.class, () -> new Agent().run(2, 0));
        assertEquals(
                List.of(
                        "begin RUN",
                        "begin TOOL",
                        "end TOOL",
                        "begin TOOL",
                        "end TOOL IllegalStateException",
                        "end RUN IllegalStateException"),
                woven.agent().events());
    }

    @Test
    void aStageEndsTheScopeWhenItCompletes() {
        Agent agent = new Agent();
        CompletableFuture<String> returned = agent.later();
        assertEquals(List.of("begin TOOL"), woven.agent().events());
        agent.answer.complete("x");
        assertEquals("x", returned.join());
        assertEquals(List.of("begin TOOL", "end TOOL"), woven.agent().events());
    }

    @Test
    void aScopeIsNeverRefused() {
        woven.agent().deny(facts -> true);
        assertEquals(1, new Agent().run(1, 0.5));
        assertEquals("done", new Agent().attempt());
    }

    @Test
    void malformedNamesAreRecognised() {
        assertTrue(DeclaredScopesInstrumentation.isWellFormed("com.acme.Tools#charge"));
        for (String name :
                List.of("com.acme.Tools", "#charge", "com.acme.Tools#", "a#b#c", "java.lang.String#length")) {
            assertFalse(DeclaredScopesInstrumentation.isWellFormed(name), name);
        }
    }
}
