package dev.weir.micro.lines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** Medians, spreads, and what they say about budgets. */
class RowTest {

    private static final Sample TEN = Sample.of(9, 10, 12);

    @Test
    void mediansOfOddAndEvenNumbers() {
        assertEquals(2, Sample.of(3, 1, 2).median());
        assertEquals(2.5, Sample.of(4, 1, 3, 2).median());
        assertEquals("2.000 (1.000–3.000)", Sample.of(3, 1, 2).toString());
        assertThrows(IllegalArgumentException.class, Sample::of);
    }

    @Test
    void atMost() {
        assertEquals(
                "holds", Row.atMost("x", "y", Sample.of(3), "SDK", TEN, 0.3).verdict());
        assertEquals(
                "missed", Row.atMost("x", "y", Sample.of(3.1), "SDK", TEN, 0.3).verdict());
    }

    @Test
    void atLeast() {
        assertEquals(
                "holds", Row.atLeast("x", "y", Sample.of(80), "SDK", TEN, 8).verdict());
        assertEquals(
                "missed", Row.atLeast("x", "y", Sample.of(79), "SDK", TEN, 8).verdict());
    }

    @Test
    void noWorseIsMissedOnlyOutsideTheSpread() {
        assertEquals("holds", Row.noWorse("x", "y", Sample.of(10), "OTel", TEN).verdict());
        assertEquals(
                "holds (inside the spread)",
                Row.noWorse("x", "y", Sample.of(11, 13, 14), "OTel", TEN).verdict());
        assertEquals(
                "missed",
                Row.noWorse("x", "y", Sample.of(12.5, 13, 14), "OTel", TEN).verdict());
    }
}
