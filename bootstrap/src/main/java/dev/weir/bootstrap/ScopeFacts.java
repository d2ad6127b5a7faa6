package dev.weir.bootstrap;

import org.jspecify.annotations.Nullable;

/** What an adapter knows of a scope inside the process: a tool call, an agent run, one try of a retry layer. */
public abstract class ScopeFacts extends CallFacts {

    private final String name;

    /** @param name of the tool, the agent, the retry layer */
    protected ScopeFacts(Kind kind, String instrumentation, String name) {
        super(kind, instrumentation);
        this.name = name;
    }

    /** The name of the tool, the agent, the retry layer. */
    public final String name() {
        return name;
    }

    /** No scope inside the process has an exception to be refused with; the calls in it have. */
    @Override
    public boolean refusable() {
        return false;
    }

    /** The arguments, as far as they tell two wanted calls apart; {@code null} when they are not known. */
    public Object @Nullable [] arguments() {
        return null;
    }

    /**
     * The try before, when the layer itself says that this is another try of the same; {@code null} for the first try and
     * where nobody knows.
     */
    public @Nullable Call previousTry() {
        return null;
    }

    /**
     * What whoever makes the tries knows this scope by: another process that makes another try of it says the same, and
     * whatever is going on around it here did not cause it. {@code null} when it is known in this process only.
     */
    public String @Nullable [] identity() {
        return null;
    }

    /** Which try of its layer this is, from 1; 0 where nobody knows. */
    public int tryNumber() {
        return 0;
    }
}
