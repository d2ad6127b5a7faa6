package dev.weir.instrumentation.weaving;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** What one adapter met: which of its classes were woven, and which were loaded but had no method it knows. */
public final class WovenAdapter {

    private final String name;
    private final Set<String> woven = ConcurrentHashMap.newKeySet();
    private final Set<String> unmatched = ConcurrentHashMap.newKeySet();
    final AtomicBoolean saidTooOld = new AtomicBoolean();

    WovenAdapter(String name) {
        this.name = name;
    }

    void saw(String className, boolean matched) {
        (matched ? woven : unmatched).add(className);
    }

    /** The adapter's name. */
    public String name() {
        return name;
    }

    /** Names of the classes that were woven. */
    public Set<String> woven() {
        return Set.copyOf(woven);
    }

    /** Names of the classes that are there but have no method that this adapter knows: a silent adapter is a bug. */
    public Set<String> unmatched() {
        return Set.copyOf(unmatched);
    }
}
