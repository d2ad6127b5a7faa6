package dev.weir.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class SampleTest {

    @Test
    void theMedianOfAnOddNumberIsTheMiddleOneWhateverTheOrder() {
        Sample sample = Sample.of(List.of(9.0, 1.0, 100.0, 4.0, 5.0));
        assertEquals(5, sample.median());
        assertEquals(1, sample.min());
        assertEquals(100, sample.max());
        assertEquals(5, sample.n());
    }

    @Test
    void theMedianOfAnEvenNumberIsBetweenTheMiddleTwo() {
        assertEquals(3.5, Sample.of(List.of(10.0, 3.0, 4.0, 1.0)).median());
    }

    @Test
    void withinLooksAtBothEnds() {
        assertTrue(Sample.of(List.of(90.0, 100.0, 110.0)).within(0.10));
        assertFalse(Sample.of(List.of(89.0, 100.0, 110.0)).within(0.10));
        assertFalse(Sample.of(List.of(90.0, 100.0, 111.0)).within(0.10));
    }
}
