package dev.weir.agent.context;

import org.jspecify.annotations.Nullable;

/**
 * What one thread computes with again and again. One object for all of it, and the same that the thread's state is kept in:
 * each thread-local of its own is a way through memory that is cold whenever the thread has waited for somebody's answer.
 */
public class Scratch {

    private static final int ROOM = 128;
    private static final int LONGEST_KEPT = 1_024;

    private @Nullable KeyedHash hash;
    private @Nullable AsciiText text;

    /** A hash with these keys, begun anew. They are the same each time. */
    final KeyedHash hash(long key0, long key1) {
        KeyedHash mine = hash;
        if (mine == null) hash = mine = new KeyedHash(key0, key1);
        return mine.start();
    }

    /** An empty text to write a header into. */
    public final AsciiText text() {
        AsciiText mine = text;
        if (mine == null) text = mine = new AsciiText(ROOM);
        return mine.clear(LONGEST_KEPT);
    }
}
