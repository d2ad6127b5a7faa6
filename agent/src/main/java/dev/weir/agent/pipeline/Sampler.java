package dev.weir.agent.pipeline;

/** Decides which traces are kept: by the id, so that every process decides alike. */
public final class Sampler {

    private static final int SAMPLED = 1;

    private final long bound;
    private final boolean asksParent;

    /**
     * @param ratio of traces that are kept, from 0 to 1
     * @param asksParent whether a trace that began elsewhere is kept as was decided there
     */
    public Sampler(double ratio, boolean asksParent) {
        this.bound = ratio >= 1 ? Long.MAX_VALUE : (long) (Math.max(0, ratio) * Long.MAX_VALUE);
        this.asksParent = asksParent;
    }

    /** The trace flags for a new trace. */
    byte begin(long traceLow) {
        return (byte) (bound == Long.MAX_VALUE || (traceLow & Long.MAX_VALUE) < bound ? SAMPLED : 0);
    }

    /** The trace flags for a trace that began elsewhere. */
    byte join(long traceLow, byte flags) {
        return asksParent ? flags : (byte) ((flags & ~SAMPLED) | begin(traceLow));
    }
}
