package dev.weir.instrumentation.synthetic;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What advice wrote down. Advice is defined in several class loaders at once, so its copies of this class share one list
 * by way of the system properties.
 */
public final class Events {

    private static final String KEY = "dev.weir.instrumentation.synthetic.events";

    private Events() {}

    public static void add(String event) {
        all().add(event);
    }

    /** What was written since the last time, in order. */
    public static List<String> take() {
        List<String> taken;
        synchronized (all()) {
            taken = List.copyOf(all());
            all().clear();
        }
        return taken;
    }

    @SuppressWarnings("unchecked")
    private static List<String> all() {
        return (List<String>) System.getProperties()
                .computeIfAbsent(KEY, absent -> Collections.synchronizedList(new ArrayList<String>()));
    }
}
