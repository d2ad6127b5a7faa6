package dev.weir.micro.lines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Calls are due at fixed times, whoever is late. */
class ScheduleTest {

    private static final long SECOND = 1_000_000_000L;

    @Test
    void callsAreDueWhenTheirTurnIsHoweverLateTheyAreTaken() {
        TailCalls.Schedule schedule = new TailCalls.Schedule(7, SECOND, 4);
        assertEquals(7, schedule.next());
        assertEquals(7 + SECOND / 4, schedule.next());
        assertEquals(7 + SECOND / 2, schedule.next());
        assertEquals(7 + 3 * SECOND / 4, schedule.next());
        assertEquals(TailCalls.Schedule.OVER, schedule.next());
        assertEquals(TailCalls.Schedule.OVER, schedule.next());
    }

    @Test
    void withoutARateCallsAreDueNowUntilItIsOver() {
        long now = System.nanoTime();
        assertTrue(new TailCalls.Schedule(now, 3_600 * SECOND, 0).next() - now >= 0);
        assertEquals(TailCalls.Schedule.OVER, new TailCalls.Schedule(now - SECOND, SECOND, 0).next());
    }
}
