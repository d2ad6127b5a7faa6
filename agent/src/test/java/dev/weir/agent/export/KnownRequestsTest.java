package dev.weir.agent.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.CallFacts;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That what is known is said of the very same request only, is in {@link OtlpEncoderTest}. */
class KnownRequestsTest {

    /** A list of a million values is short once its values are cut out. */
    @Test
    void longStatementsAreNotHeldOnTo() {
        KnownRequests known = new KnownRequests();
        SpanRecord record = new SpanRecord();
        record.kind = CallFacts.Kind.SQL;
        record.subject = "select * from a where b in (" + "1, ".repeat(1_000) + "1)";
        assertFalse(KnownRequests.mayKnow(record));
        record.subject = "select 1";
        assertTrue(KnownRequests.mayKnow(record));
        record.path = "x".repeat(3_000);
        assertFalse(KnownRequests.mayKnow(record));
        record.path = null;
        record.query = "x".repeat(3_000);
        assertFalse(KnownRequests.mayKnow(record));
        record.query = null;
        known.came(record, new byte[10], 0, 10);
        assertNull(known.of(record), "once is not often");
        known.came(record, new byte[10], 0, 10);
        assertNotNull(known.of(record));
        record.subject = "select 2";
        known.came(record, new byte[3_000], 0, 3_000);
        known.came(record, new byte[3_000], 0, 3_000);
        assertNull(known.of(record), "too much to keep");
    }

    @Test
    void credentialsAreNotHeldOnTo() {
        KnownRequests known = new KnownRequests();
        SpanRecord record = new SpanRecord();
        for (String query : List.of("verbose=true", "api_key=hunter2&a=b")) {
            record.query = query;
            assertTrue(KnownRequests.mayKnow(record));
            known.came(record, new byte[10], 0, 10);
            known.came(record, new byte[10], 0, 10);
            assertEquals(query.startsWith("verbose"), known.of(record) != null, query);
        }
    }
}
