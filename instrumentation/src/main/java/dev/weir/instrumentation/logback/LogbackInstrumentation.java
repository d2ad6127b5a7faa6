package dev.weir.instrumentation.logback;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.LoggingEvent;
import dev.weir.instrumentation.shared.LogCorrelation;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.slf4j.spi.MDCAdapter;

/** Logback: each event tells which trace, span and operation it happened in. The application's own MDC does not change. */
public final class LogbackInstrumentation implements Instrumentation {

    @Override
    public String name() {
        return "logback";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type("ch.qos.logback.classic.spi.LoggingEvent")
                .method("<init>", "Made", "java.lang.String", "ch.qos.logback.classic.Logger");
    }

    static final class Made {

        static void exit(LoggingEvent event, @Nullable String caller, @Nullable Logger logger) {
            if (!LogCorrelation.isKnown()) return;
            Map<String, String> copy = new HashMap<>();
            Map<String, String> own = mdc(logger);
            if (own != null) copy.putAll(own);
            LogCorrelation.addTo(new LogCorrelation.Target() {
                @Override
                public boolean has(String key) {
                    return copy.containsKey(key);
                }

                @Override
                public void put(String key, String value) {
                    copy.put(key, value);
                }
            });
            event.setMDCPropertyMap(copy);
        }

        private static @Nullable Map<String, String> mdc(@Nullable Logger logger) {
            MDCAdapter adapter =
                    logger == null ? null : logger.getLoggerContext().getMDCAdapter();
            if (adapter == null) adapter = MDC.getMDCAdapter();
            return adapter == null ? null : adapter.getCopyOfContextMap();
        }
    }
}
