package dev.weir.instrumentation.jbosslogmanager;

import dev.weir.instrumentation.shared.LogCorrelation;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import org.jboss.logmanager.ExtLogRecord;

/** JBoss LogManager: each record tells which trace, span and operation it happened in. The application's own MDC does not change. */
public final class JbossLogManagerInstrumentation implements Instrumentation {

    @Override
    public String name() {
        return "jboss-logmanager";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type("org.jboss.logmanager.ExtLogRecord")
                .exactly(
                        "<init>",
                        "Made",
                        "java.util.logging.Level",
                        "java.lang.String",
                        "org.jboss.logmanager.ExtLogRecord$FormatStyle",
                        "java.lang.String");
    }

    static final class Made {

        static void exit(ExtLogRecord record) {
            if (!LogCorrelation.isKnown()) return;
            LogCorrelation.addTo(new LogCorrelation.Target() {
                @Override
                public boolean has(String key) {
                    return record.getMdc(key) != null;
                }

                @Override
                public void put(String key, String value) {
                    // Takes the record's own copy first.
                    record.putMdc(key, value);
                }
            });
        }
    }
}
