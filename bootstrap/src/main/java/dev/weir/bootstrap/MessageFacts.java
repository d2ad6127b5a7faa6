package dev.weir.bootstrap;

import org.jspecify.annotations.Nullable;

/** What an adapter knows of a message that is sent ({@link Kind#MESSAGE_SEND}) or processed ({@link Kind#MESSAGE_RECEIVE}). */
public abstract class MessageFacts extends CallFacts {

    private final String system;
    private final String destination;

    /**
     * @param system the messaging system's name in OpenTelemetry's conventions, such as {@code kafka}
     * @param destination the topic's or queue's name
     */
    protected MessageFacts(Kind kind, String instrumentation, String system, @Nullable String destination) {
        super(kind, instrumentation);
        this.system = system;
        this.destination = destination == null ? "" : destination;
    }

    /** The messaging system's name in OpenTelemetry's conventions. */
    public final String system() {
        return system;
    }

    /** The topic's or queue's name; empty when unknown. */
    public final String destination() {
        return destination;
    }

    /** The broker's host; empty when unknown. */
    public String host() {
        return "";
    }

    /** The broker's port; 0 when unknown. */
    public int port() {
        return 0;
    }

    /** What the broker knows the message by, the same whenever it is delivered; {@code null} when unknown. */
    public @Nullable String messageId() {
        return null;
    }

    /** The partition of the destination; -1 when there is none, or it is not known yet. */
    public int partition() {
        return -1;
    }

    /** The place in the partition; -1 when there is none, or it is not known yet. */
    public long offset() {
        return -1;
    }

    /** Receive: on whose behalf the message is consumed, such as a consumer group; {@code null} when there is only one. */
    public @Nullable String consumer() {
        return null;
    }

    /** Receive: which delivery of the message this is, from 1; 0 when the broker does not count. */
    public int delivery() {
        return 0;
    }

    /** Receive: whether the sender waits for an answer, so that its deadline is the processing's too. */
    public boolean awaited() {
        return false;
    }

    /** Send: the message's key, if any. */
    public @Nullable Object key() {
        return null;
    }

    /** Send: the message's value as the application gave it, or as bytes where they are at hand. */
    public @Nullable Object value() {
        return null;
    }

    /** Send: whether the broker recognises a message that the client sends it again by itself. */
    public boolean repeatsRecognised() {
        return false;
    }

    /** A message is skipped by nobody but the application: what is skipped would be lost. */
    @Override
    public boolean refusable() {
        return !kind().scope();
    }
}
