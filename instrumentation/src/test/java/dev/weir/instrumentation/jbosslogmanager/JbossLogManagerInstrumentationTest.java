package dev.weir.instrumentation.jbosslogmanager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.weir.instrumentation.testing.Woven;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.LogContext;
import org.jboss.logmanager.Logger;
import org.jboss.logmanager.MDC;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class JbossLogManagerInstrumentationTest {

    private static final String[] VALUES = {"0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "op"};

    /** Formats records when it is asked for them, not when they come. */
    private static final class Kept extends ExtHandler {

        private final List<ExtLogRecord> records = new ArrayList<>();

        @Override
        protected void doPublish(ExtLogRecord record) {
            record.copyAll();
            records.add(record);
        }

        String printed() {
            PatternFormatter pattern =
                    new PatternFormatter("%X{trace_id} %X{span_id} %X{weir.operation} %X{tenant} %m");
            return pattern.format(records.get(records.size() - 1));
        }
    }

    @RegisterExtension
    final Woven woven = new Woven(new JbossLogManagerInstrumentation());

    private final Kept kept = new Kept();

    private Logger logger() {
        Logger logger = LogContext.create().getLogger("shop");
        logger.setLevel(Level.INFO);
        kept.setLevel(Level.ALL);
        logger.addHandler(kept);
        return logger;
    }

    @AfterEach
    void clear() {
        MDC.clear();
    }

    @Test
    void aRecordTellsWhatItHappenedIn() {
        woven.agent().correlate(VALUES);
        MDC.put("tenant", "7");
        logger().info("paid");
        woven.agent().correlate(null);
        MDC.put("tenant", "8");
        assertEquals("0af7651916cd43dd8448eb211c80319c b7ad6b7169203331 op 7 paid", kept.printed());
        assertNull(MDC.get("trace_id"));
    }

    @Test
    void whatTheApplicationHasSetStays() {
        woven.agent().correlate(VALUES);
        MDC.put("trace_id", "own");
        logger().info("paid");
        assertEquals("own b7ad6b7169203331 op  paid", kept.printed());
    }

    @Test
    void outsideOfEverythingNothingIsAdded() {
        logger().info("paid");
        assertEquals("    paid", kept.printed());
    }
}
