package dev.weir.instrumentation.logback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.EncoderBase;
import dev.weir.instrumentation.testing.Woven;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LogbackInstrumentationTest {

    private static final String[] VALUES = {"0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "op"};

    @RegisterExtension
    final Woven woven = new Woven(new LogbackInstrumentation());

    private final LoggerContext context = new LoggerContext();
    private final LogbackMDCAdapter mdc = new LogbackMDCAdapter();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Logger logger = context.getLogger("shop");

    @BeforeEach
    void useOwnMdc() {
        context.setMDCAdapter(mdc);
    }

    private PatternLayoutEncoder pattern() {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setPattern("%X{trace_id} %X{span_id} %X{weir.operation} %X{tenant} %m%n");
        return encoder;
    }

    private OutputStreamAppender<ILoggingEvent> appender(EncoderBase<ILoggingEvent> encoder) {
        encoder.setContext(context);
        encoder.start();
        OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.setOutputStream(out);
        appender.start();
        return appender;
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8).strip();
    }

    @Test
    void aPatternShowsWhatTheEventHappenedIn() {
        logger.addAppender(appender(pattern()));
        woven.agent().correlate(VALUES);
        mdc.put("tenant", "7");
        logger.info("paid");
        assertEquals("0af7651916cd43dd8448eb211c80319c b7ad6b7169203331 op 7 paid", printed());
        assertNull(mdc.get("trace_id"));
        assertEquals(Map.of("tenant", "7"), mdc.getCopyOfContextMap());
    }

    @Test
    void jsonShowsItToo() {
        logger.addAppender(appender(new JsonEncoder()));
        woven.agent().correlate(VALUES);
        logger.info("paid");
        assertTrue(printed().contains("\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\""), printed());
        assertTrue(printed().contains("\"weir.operation\":\"op\""), printed());
    }

    @Test
    void whatTheApplicationHasSetStays() {
        logger.addAppender(appender(pattern()));
        woven.agent().correlate(VALUES);
        mdc.put("trace_id", "own");
        logger.info("paid");
        assertEquals("own b7ad6b7169203331 op  paid", printed());
    }

    @Test
    void outsideOfEverythingNothingIsAdded() {
        logger.addAppender(appender(pattern()));
        mdc.put("tenant", "7");
        logger.info("paid");
        assertEquals("7 paid", printed());
    }

    /** It is written on another thread, later. */
    @Test
    void anAsynchronousAppenderShowsWhereTheEventHappened() {
        AsyncAppender queue = new AsyncAppender();
        queue.setContext(context);
        queue.addAppender(appender(pattern()));
        queue.start();
        logger.addAppender(queue);
        woven.agent().correlate(VALUES);
        logger.info("paid");
        woven.agent().correlate(null);
        queue.stop();
        assertEquals("0af7651916cd43dd8448eb211c80319c b7ad6b7169203331 op  paid", printed());
    }
}
