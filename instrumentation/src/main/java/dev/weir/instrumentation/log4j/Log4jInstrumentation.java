package dev.weir.instrumentation.log4j;

import dev.weir.instrumentation.shared.LogCorrelation;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import org.apache.logging.log4j.core.impl.ContextDataFactory;
import org.apache.logging.log4j.util.StringMap;
import org.jspecify.annotations.Nullable;

/** Log4j 2: each event tells which trace, span and operation it happened in. The application's own context does not change. */
public final class Log4jInstrumentation implements Instrumentation {

    @Override
    public String name() {
        return "log4j";
    }

    @Override
    public void weave(Weaving weaving) {
        String injector = "org.apache.logging.log4j.core.impl.ThreadContextDataInjector$";
        for (String map : new String[] {
            "ForDefaultThreadContextMap", "ForGarbageFreeThreadContextMap", "ForCopyOnWriteThreadContextMap"
        }) {
            weaving.type(injector + map)
                    .method("injectContextData", "Inject", "java.util.List", "org.apache.logging.log4j.util.StringMap");
        }
    }

    static final class Inject {

        static @Nullable StringMap exit(@Nullable StringMap data, @Nullable Throwable thrown) {
            if (data == null || thrown != null || !LogCorrelation.isKnown()) return data;
            // It may be the thread's own, or one for all events without a context.
            StringMap copy = ContextDataFactory.createContextData(data);
            LogCorrelation.addTo(new LogCorrelation.Target() {
                @Override
                public boolean has(String key) {
                    return copy.containsKey(key);
                }

                @Override
                public void put(String key, String value) {
                    copy.putValue(key, value);
                }
            });
            return copy;
        }
    }
}
