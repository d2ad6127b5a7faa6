package dev.weir.micro.lines;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the runs of {@code export} say together. */
class ExportLineTest {

    private static final ExportLine.Run GOOD = new ExportLine.Run(800_000, 100, 110, 700, 0, true);
    private static final ExportLine.Run LOSSY = new ExportLine.Run(800_000, 100, 110, 700, 1, true);
    private static final ExportLine.Run WRONG = new ExportLine.Run(800_000, 100, 110, 700, 0, false);
    private static final ExportLine.Run SDK = new ExportLine.Run(80_000, 600, 700, 6_000, 97_952, false);

    private static Said held(double megabytes, double sent, double dropped) {
        return new Said(
                Map.of("held", megabytes * 1e6, "heap", 1e9, "sent", sent, "dropped", dropped, "produced", 300_000.0));
    }

    private static String verdict(String measure, List<ExportLine.Run> weir, Said held) {
        for (Row row : ExportLine.rows(weir, List.of(SDK, SDK), held)) {
            if (row.measure().startsWith(measure)) return row.verdict();
        }
        throw new AssertionError("no row " + measure);
    }

    @Test
    void everyBudgetHolds() {
        for (Row row : ExportLine.rows(List.of(GOOD, GOOD), List.of(SDK), held(200, 0, 300_000))) {
            assertEquals("holds", row.verdict(), row.measure());
        }
    }

    @Test
    void oneLossInOneRunIsTooMuch() {
        assertEquals("missed", verdict("lost of bursts", List.of(GOOD, LOSSY, GOOD), held(200, 0, 300_000)));
    }

    @Test
    void oneWrongCountIsTooMuch() {
        assertEquals("missed", verdict("sent + dropped", List.of(GOOD, WRONG, GOOD), held(200, 0, 300_000)));
    }

    @Test
    void whatIsHeldIsBoundedAndCounted() {
        assertEquals("holds", verdict("held", List.of(GOOD), held(250, 100_000, 200_000)));
        assertEquals("missed", verdict("held", List.of(GOOD), held(251, 100_000, 200_000)));
        assertEquals("missed", verdict("held", List.of(GOOD), held(200, 100_000, 199_999)));
    }
}
