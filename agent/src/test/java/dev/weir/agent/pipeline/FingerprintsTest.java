package dev.weir.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.weir.agent.context.AttemptHint;
import dev.weir.agent.context.Identity;
import dev.weir.agent.context.Scratch;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.SqlFacts;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

class FingerprintsTest {

    private static final class Statement extends SqlFacts {
        private final String url;
        private final Object[] values;

        Statement(String text, String url, Object... values) {
            super("test", text);
            this.url = url;
            this.values = values;
        }

        @Override
        public String url() {
            return url;
        }

        @Override
        public int parameterCount() {
            return values.length;
        }

        @Override
        public Object parameter(int index) {
            return values[index];
        }
    }

    private static final String POSTGRES = "jdbc:postgresql://db/shop";

    private final Fingerprints fingerprints =
            new Fingerprints(new Identity("test", 100, 1, ThreadLocal.withInitial(Scratch::new)), 1_024);

    private long of(String text, Object... values) {
        return fingerprints.of(new Statement(text, POSTGRES, values), AttemptHint.NONE);
    }

    @Test
    void spellingsOfOneStatementAreOneOperation() {
        long plain = of("UPDATE stock SET n = n - 1 WHERE id = 7 AND note = 'a -- b'");
        for (String spelling : List.of(
                "UPDATE stock SET n = n - 1 WHERE id = 7 AND note = 'a -- b' /*traceparent='00-1-2-01'*/",
                "/* checkout */ UPDATE stock\n   SET n = n - 1\n WHERE id = 7\n   AND note = 'a -- b'",
                "UPDATE stock SET n=n-1 WHERE id=7 AND note='a -- b' -- attempt 2",
                "UPDATE stock SET n = n - 1 /* why */ WHERE id = 7 AND note = 'a -- b'")) {
            assertEquals(plain, of(spelling), spelling);
        }
    }

    @Test
    void othersAreNot() {
        long plain = of("UPDATE stock SET n = 1 WHERE id = 7");
        assertNotEquals(plain, of("UPDATE stock SET n = 1 WHERE id = 8"));
        assertNotEquals(plain, of("UPDATE stock SET n = '1' WHERE id = 7"));
        assertNotEquals(plain, of("UPDATE stock SET n = ? WHERE id = 7", 1));
        assertNotEquals(of("SELECT ?", 1), of("SELECT ?", 2));
        assertNotEquals(
                plain,
                fingerprints.of(
                        new Statement("UPDATE stock SET n = 1 WHERE id = 7", "jdbc:postgresql://db/other"),
                        AttemptHint.NONE));
        // MySQL takes it for one literal, PostgreSQL for a literal and a comment.
        String backslash = "SELECT 'a\\' -- '";
        assertNotEquals(
                fingerprints.of(new Statement(backslash + "x'", "jdbc:mysql://db/shop"), AttemptHint.NONE),
                fingerprints.of(new Statement(backslash + "y'", "jdbc:mysql://db/shop"), AttemptHint.NONE));
    }

    @Test
    void aRetryWithAnotherCommentIsTheNextAttempt() {
        PipelineFixture fixture = new PipelineFixture();
        for (int attempt = 1; attempt <= 3; attempt++) {
            String text = "INSERT INTO orders VALUES (42) /*traceparent='00-" + attempt + "'*/";
            Call call = fixture.pipeline.begin(new Statement(text, POSTGRES));
            fixture.pipeline.end(call, 0, "40001", new java.sql.SQLException("serialization", "40001"));
            assertEquals(attempt, fixture.last().attempt);
        }
    }

    @Test
    void longTextsAreTakenAsTheyAre() {
        String values = "(1),".repeat(10_000) + "(2)";
        assertEquals(of("INSERT INTO t VALUES " + values), of("INSERT INTO t VALUES " + values));
        assertNotEquals(of("INSERT INTO t VALUES " + values), of("INSERT INTO t VALUES " + values + " "));
    }

    @Test
    void aStatementThatComesAgainAllocatesNothing() {
        Statement statement = new Statement("SELECT a,  b FROM t WHERE c = 1 -- again", POSTGRES);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long sum = 0;
        long least = Long.MAX_VALUE;
        // The least of many rounds: compilers and profilers may allocate on this thread now and then.
        for (int round = 0; round < 20; round++) {
            long before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < 1_000; i++) sum += fingerprints.of(statement, AttemptHint.NONE);
            least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
        }
        assertNotEquals(0, sum);
        assertTrue(least < 1_000, least + " bytes for 1,000 fingerprints");
    }
}
