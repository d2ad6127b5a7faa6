package dev.weir.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class SpanExpectationTest {

    @Test
    void theExactNumberIsNoObjection() {
        assertEquals(Optional.empty(), new SpanExpectation(2_000, 21).objection(42_000));
        assertEquals(Optional.empty(), new SpanExpectation(2_000, 0).objection(0));
        assertEquals(Optional.empty(), new SpanExpectation(0, 0).objection(0));
    }

    @Test
    void oneDroppedSpanIsAnObjectionThatCountsIt() {
        assertEquals(
                Optional.of("1 of 42,000 spans dropped or never made (21.00 per root instead of 21)"),
                new SpanExpectation(2_000, 21).objection(41_999));
    }

    @Test
    void doubledSpansAreAnObjectionThatSaysHowManyThereAre() {
        assertEquals(
                Optional.of("40,000 spans more than the 42,000 expected (41.00 per root instead of 21)"),
                new SpanExpectation(2_000, 21).objection(82_000));
    }

    @Test
    void anAgentThatShouldMakeNoneMustMakeNone() {
        assertEquals(
                Optional.of("3 spans more than the 0 expected (0.30 per root instead of 0)"),
                new SpanExpectation(10, 0).objection(3));
        assertEquals(
                Optional.of("the sink received 3 spans of a program without operations"),
                new SpanExpectation(0, 0).objection(3));
    }
}
