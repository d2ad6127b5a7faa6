package dev.weir.incidents.harness;

import java.util.Locale;

/** A column of the table: how the programs of an incident are run. */
public enum Mode {
    /** No agent at all. */
    WITHOUT,
    /** The agent, watching. */
    OBSERVE,
    /** The agent, with the incident's rules enforced. */
    ENFORCE;

    /** The word as settings have it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
