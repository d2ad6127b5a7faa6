package dev.weir.bootstrap;

/**
 * A set of header names in 64 bits. It may hold names that nobody added, but never lacks one that somebody did: most of the
 * names that the agent asks for are in no request, and one look at the set is cheaper than twenty at the headers.
 *
 * <p>Source: B. H. Bloom, "Space/Time Trade-offs in Hash Coding with Allowable Errors", with one bit for each name.
 */
public final class HeaderSet {

    /** The set of those who cannot tell, or do not care to. */
    public static final long ALL = -1L;

    private HeaderSet() {}

    /** The set of one name; upper and lower case are the same, for letters of ASCII. */
    public static long of(String name) {
        int length = name.length();
        if (length == 0) return 1;
        int hash = length * 31 + lower(name.charAt(0)) * 7 + lower(name.charAt(length - 1)) * 3;
        return 1L << (hash + lower(name.charAt(length >> 1)));
    }

    private static int lower(char c) {
        return c | 0x20;
    }
}
