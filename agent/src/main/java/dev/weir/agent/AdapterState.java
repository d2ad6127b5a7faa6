package dev.weir.agent;

import dev.weir.instrumentation.weaving.WovenAdapter;

/** What one adapter met, over JMX. */
public final class AdapterState {

    private final String name;
    private final String[] woven;
    private final String[] unmatched;

    AdapterState(WovenAdapter adapter) {
        name = adapter.name();
        woven = adapter.woven().stream().sorted().toArray(String[]::new);
        unmatched = adapter.unmatched().stream().sorted().toArray(String[]::new);
    }

    /** The adapter's name. */
    public String getName() {
        return name;
    }

    /** Classes that were woven. */
    public String[] getWoven() {
        return woven.clone();
    }

    /** Classes that are loaded but have no method that the adapter knows. */
    public String[] getUnmatched() {
        return unmatched.clone();
    }
}
