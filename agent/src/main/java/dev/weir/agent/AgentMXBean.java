package dev.weir.agent;

import org.jspecify.annotations.Nullable;

/** The agent's own counts over JMX: {@code dev.weir:type=Agent}. */
public interface AgentMXBean {

    /** The version. */
    String getVersion();

    /** How many spans the collector has taken. */
    long getSpansSent();

    /** How many spans were lost: no room in the queue, refused, or never confirmed. */
    long getSpansDropped();

    /** How many trace, baggage and deadline headers from outside were malformed, and ignored. */
    long getMalformedHeaders();

    /** How many fuses blew; each is an advice class that is off from then on. */
    int getFusesBlown();

    /** How often the agent itself failed, unseen by the application. */
    long getFailures();

    /** Where spans go; {@code nowhere} when export is off. */
    String getEndpoint();

    /** Why spans do not get there; {@code null} as long as nothing is known against it. */
    @Nullable
    String getExportProblem();

    /** Advice that is off because it failed, and why. */
    String[] getBlownFuses();

    /** What each adapter met. */
    AdapterState[] getAdapters();

    /** What is wrong with the settings, one sentence each. */
    String[] getComplaints();

    /** Circuits that are not closed, such as {@code payments:8080 open}; in observe, as they would be in enforce. */
    String[] getCircuits();
}
