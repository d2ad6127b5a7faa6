package dev.weir.agent.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that are no statements, or are meant to do harm. Anything slower than linear would not end here. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SqlSummaryHostileTest {

    private static final int LENGTH = 10_000_000;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'",
                "\"",
                "`",
                "[",
                "[a",
                "]",
                "(",
                ")",
                "()",
                "(SELECT ",
                "/*",
                "/* */ /*",
                "*/",
                "--",
                "--\n",
                "$a$ ",
                "$$",
                "$a",
                "$1",
                "'\\'",
                "\\",
                "''",
                "a.",
                "a..b ",
                ".",
                ",",
                ";",
                "1e+",
                "0x",
                "q'",
                "q'[",
                "U&'",
                "e'\\",
                "{",
                ":",
                "::",
                "@",
                "@@a",
                "#",
                "FROM ",
                "FROM a,",
                "WITH a AS (",
                "WITH a AS (SELECT 1 FROM b), ",
                "COPY a ",
                "COPY a (",
                "INSERT ",
                "REPLACE   ",
                "SELECT * FROM t UNION ",
                "CREATE TRIGGER ",
                "DELETE TOP (",
                "a AS ",
                "\u0000",
                "\uD800",
                "\uDC00",
                "\u00A0",
                "\uFEFF",
                "😀",
                "ﬁ",
                "\u202E",
                "UPDATE a SET b = 'c', ",
            })
    void tenMillionCharactersOfAnything(String part) {
        for (Dialect dialect : Dialect.values()) {
            SqlSummary summary = SqlSummary.of(part.repeat(LENGTH / part.length()), dialect);
            assertTrue(summary.sanitised().length() <= LENGTH);
            assertTrue(summary.reads().size() <= 64 && summary.writes().size() <= 64);
        }
    }

    @Test
    void deepNestingIsCutOffAndWhatFollowsIsStillRead() {
        String text = "SELECT " + "(".repeat(5_000) + "SELECT 1 FROM deep" + ")".repeat(5_000) + " FROM t";
        assertEquals("[t]", SqlSummary.of(text).reads().toString());
        assertEquals("SELECT", SqlSummary.of(text).operation());
    }

    @Test
    void anyMixtureOfTokensIsReadWithoutAnError() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String[] parts = {
            "SELECT", "FROM", "INSERT", "INTO", "UPDATE", "DELETE", "WITH", "AS", "COPY", "TO", "TABLE", "CREATE",
            "TRIGGER", "ON", "TOP", "EXPLAIN", "ANALYZE", "BEGIN", "USING", "MERGE", "VALUES", "SET", "JOIN", "REPLACE",
            "OR", "(", ")", ",", ";", ".", "'", "''", "\"", "`", "[", "]", "$", "$$", "$a$", "\\", "/*", "*/", "--",
            "\n", " ", "#", "?", ":", "@", "{", "}", "=", "1", "1.5e", "t", "\"q\"", "é", "\uD83D", "q'", "e'"
        };
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(20); n >= 0; n--) {
                text.append(parts[random.nextInt(parts.length)]);
                if (random.nextBoolean()) text.append(' ');
            }
            for (Dialect dialect : Dialect.values()) {
                SqlSummary summary;
                try {
                    summary = StatementReader.read(text.toString(), dialect);
                } catch (RuntimeException e) {
                    throw new AssertionError("seed " + seed + ": " + text, e);
                }
                assertNotNull(summary.normalised());
            }
        }
    }
}
