package dev.weir.agent;

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
}
