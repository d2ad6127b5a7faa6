package dev.weir.agent.context;

/** Lower-case hexadecimal, as trace context wants it. */
public final class Hex {

    private static final byte[] DIGITS = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };

    private Hex() {}

    /** Writes 16 digits. */
    public static void write(long value, byte[] to, int at) {
        for (int i = 15; i >= 0; i--) {
            to[at + i] = DIGITS[(int) value & 15];
            value >>>= 4;
        }
    }

    /** The 32 digits of 128 bits. */
    @SuppressWarnings("deprecation") // The one constructor that makes a Latin-1 string without decoding.
    public static String of(long high, long low) {
        byte[] digits = new byte[32];
        write(high, digits, 0);
        write(low, digits, 16);
        return new String(digits, 0, 0, 32);
    }

    /** The 16 digits of 64 bits. */
    @SuppressWarnings("deprecation")
    public static String of(long value) {
        byte[] digits = new byte[16];
        write(value, digits, 0);
        return new String(digits, 0, 0, 16);
    }

    /** Whether these characters are lower-case hexadecimal digits. */
    public static boolean is(CharSequence text, int from, int to) {
        if (from < 0 || to > text.length()) return false;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) return false;
        }
        return true;
    }

    /** Reads 16 digits that {@link #is} has approved. */
    public static long read(CharSequence text, int from) {
        long value = 0;
        for (int i = from; i < from + 16; i++) value = value << 4 | Character.digit(text.charAt(i), 16);
        return value;
    }
}
