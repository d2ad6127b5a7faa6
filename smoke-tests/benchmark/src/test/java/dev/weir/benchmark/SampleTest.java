package dev.weir.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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

    /** A machine that is slower in one round is slower for both. */
    @Test
    void differencesAreThoseOfARound() {
        Sample added = Sample.of(List.of(12.0, 31.0, 24.0)).minus(Sample.of(List.of(10.0, 30.0, 20.0)));
        assertEquals(List.of(2.0, 1.0, 4.0), added.values());
        assertEquals(2, added.median());
        assertEquals(1, added.roundsBelow(Sample.of(List.of(1.0, 1.0, 5.0))));
        assertThrows(
                IllegalArgumentException.class, () -> Sample.of(List.of(1.0)).minus(Sample.of(List.of(1.0, 2.0))));
    }
}
