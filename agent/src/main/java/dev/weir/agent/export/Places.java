package dev.weir.agent.export;

/** Where something stands in a table that forgets what stood in its place before. */
final class Places {

    private Places() {}

    /** @param count how many places there are, a power of 2 */
    static int of(int hash, int count) {
        return (hash ^ hash >>> 8 ^ hash >>> 16) & count - 1;
    }
}
