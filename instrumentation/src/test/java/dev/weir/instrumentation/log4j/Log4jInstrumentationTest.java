package dev.weir.instrumentation.log4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.instrumentation.testing.Woven;
import java.io.StringWriter;
import java.util.Map;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.ThreadContext;
import org.apache.logging.log4j.core.Layout;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.WriterAppender;
import org.apache.logging.log4j.core.config.DefaultConfiguration;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class Log4jInstrumentationTest {

    private static final String[] VALUES = {"0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "op"};
    private static final String PATTERN = "%X{trace_id} %X{span_id} %X{weir.operation} %X{tenant} %m";

    @RegisterExtension
    final Woven woven = new Woven(new Log4jInstrumentation());

    private final StringWriter out = new StringWriter();
    private final LoggerContext context = new LoggerContext("test");

    @AfterEach
    void clear() {
        ThreadContext.clearAll();
        context.stop();
    }

    private Logger logger(String pattern) {
        context.start(new DefaultConfiguration());
        Layout<String> layout = PatternLayout.newBuilder().withPattern(pattern).build();
        WriterAppender appender = WriterAppender.newBuilder()
                .setName("out")
                .setLayout(layout)
                .setTarget(out)
                .build();
        appender.start();
        Logger logger = context.getLogger("shop");
        logger.setAdditive(false);
        logger.addAppender(appender);
        logger.setLevel(Level.INFO);
        return logger;
    }

    @Test
    void aPatternShowsWhatTheEventHappenedIn() {
        Logger logger = logger(PATTERN);
        woven.agent().correlate(VALUES);
        ThreadContext.put("tenant", "7");
        logger.info("paid");
        assertEquals("0af7651916cd43dd8448eb211c80319c b7ad6b7169203331 op 7 paid", out.toString());
        assertEquals(Map.of("tenant", "7"), ThreadContext.getContext());
    }

    /** What layouts for JSON write: the whole context. */
    @Test
    void theWholeContextHoldsIt() {
        Logger logger = logger("%X");
        woven.agent().correlate(VALUES);
        logger.info("paid");
        assertTrue(out.toString().contains("trace_id=0af7651916cd43dd8448eb211c80319c"), out::toString);
        assertTrue(out.toString().contains("weir.operation=op"), out::toString);
    }

    @Test
    void whatTheApplicationHasSetStays() {
        Logger logger = logger(PATTERN);
        woven.agent().correlate(VALUES);
        ThreadContext.put("trace_id", "own");
        logger.info("paid");
        assertEquals("own b7ad6b7169203331 op  paid", out.toString());
    }

    /** Events are used again, and what they held with them. */
    @Test
    void theNextEventHasItsOwn() {
        Logger logger = logger("[" + PATTERN + "]");
        woven.agent().correlate(VALUES);
        logger.info("first");
        woven.agent().correlate(null);
        logger.info("second");
        woven.agent().correlate(new String[] {"t", "s", "o"});
        logger.info("third");
        assertEquals(
                "[0af7651916cd43dd8448eb211c80319c b7ad6b7169203331 op  first][    second][t s o  third]",
                out.toString());
    }
}
