package dev.weir.agent.context;

import java.util.Arrays;

/**
 * Puts a text of ASCII characters together in bytes, which become a string without being decoded. Not thread-safe.
 *
 * <p>What is appended must be ASCII: the upper half of a character that is not is lost.
 */
public final class AsciiText {

    private static final int LONGEST_NUMBER = 20;
    private static final int HEX_DIGITS = 16;

    private byte[] bytes;
    private int length;

    /** @param room for so many characters at first */
    public AsciiText(int room) {
        this.bytes = new byte[room];
    }

    /**
     * Forgets what was appended.
     *
     * @param most room that is kept for the next text
     */
    public AsciiText clear(int most) {
        length = 0;
        if (bytes.length > most) bytes = new byte[most];
        return this;
    }

    private void room(int count) {
        if (length + count > bytes.length) bytes = Arrays.copyOf(bytes, Math.max(length + count, bytes.length * 2));
    }

    public AsciiText append(char c) {
        room(1);
        bytes[length++] = (byte) c;
        return this;
    }

    @SuppressWarnings("deprecation") // The one method that copies the bytes of a Latin-1 string as they are.
    public AsciiText append(String text) {
        int count = text.length();
        room(count);
        text.getBytes(0, count, bytes, length);
        length += count;
        return this;
    }

    /** Appends a number of at least 0. */
    public AsciiText append(long number) {
        room(LONGEST_NUMBER);
        int digits = 1;
        for (long rest = number / 10; rest > 0; rest /= 10) digits++;
        long rest = number;
        for (int at = length + digits - 1; at >= length; at--) {
            bytes[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
        return this;
    }

    /** Appends 16 hexadecimal digits. */
    public AsciiText hex(long value) {
        room(HEX_DIGITS);
        Hex.write(value, bytes, length);
        length += HEX_DIGITS;
        return this;
    }

    @Override
    @SuppressWarnings("deprecation") // The one constructor that makes a Latin-1 string without decoding.
    public String toString() {
        return new String(bytes, 0, 0, length);
    }
}
