package dev.weir.agent.pipeline;

/** Decides which traces that begin here are kept: by the id, so that every process decides alike. */
public final class Sampler {

    private final long bound;

    /** @param ratio of traces that are kept, from 0 to 1 */
    public Sampler(double ratio) {
        this.bound = ratio >= 1 ? Long.MAX_VALUE : (long) (Math.max(0, ratio) * Long.MAX_VALUE);
    }

    /** The trace flags for a new trace. */
    byte sample(long traceLow) {
        return (byte) (bound == Long.MAX_VALUE || (traceLow & Long.MAX_VALUE) < bound ? 1 : 0);
    }
}
