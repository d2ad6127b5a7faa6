package dev.weir.instrumentation.httpurlconnection;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for the stream to which the JDK prints the head of one request: prints our headers before the empty line, and
 * makes no strings of any.
 */
final class HeadStream extends PrintStream {

    private static final int IDLE_MOST = 8;
    private static final int ROOM = 1_024;
    // A print stream has buffers of 24 KB, whether it uses them or not.
    private static final AtomicReferenceArray<@Nullable HeadStream> IDLE = new AtomicReferenceArray<>(IDLE_MOST);

    private static final PrintStream NOWHERE = new PrintStream(OutputStream.nullOutputStream(), false);

    private final byte[] bytes = new byte[ROOM];
    private final char[] chars = new char[ROOM];
    private int filled;
    private PrintStream to = NOWHERE;
    private @Nullable RequestFacts facts;

    private HeadStream() {
        super(OutputStream.nullOutputStream(), false);
    }

    /** @param facts whose headers are printed */
    static HeadStream of(PrintStream to, RequestFacts facts) {
        HeadStream stream = null;
        for (int i = 0; i < IDLE_MOST && stream == null; i++) {
            if (IDLE.get(i) != null) stream = IDLE.getAndSet(i, null);
        }
        if (stream == null) stream = new HeadStream();
        stream.to = to;
        stream.facts = facts;
        return stream;
    }

    /**
     * The head is printed.
     *
     * @return whether our headers are in it
     */
    boolean done() {
        boolean printed = facts == null;
        drain();
        to = NOWHERE;
        facts = null;
        for (int i = 0; i < IDLE_MOST; i++) if (IDLE.compareAndSet(i, null, this)) break;
        return printed;
    }

    /** One of our headers, all ASCII. */
    void header(String name, String value) {
        text(name);
        text(": ");
        text(value);
        text("\r\n");
    }

    @Override
    public void print(@Nullable Object line) {
        if (line instanceof StringBuilder text && take(text)) return;
        drain();
        to.print(line);
    }

    @Override
    public void print(@Nullable String text) {
        RequestFacts ours = facts;
        if (ours != null && "\r\n".equals(text)) {
            facts = null;
            ours.print(this);
            text("\r\n");
            drain();
        } else {
            drain();
            to.print(text);
        }
    }

    @SuppressWarnings("deprecation") // The one method that copies the bytes of a Latin-1 string as they are.
    private void text(String text) {
        int length = text.length();
        for (int from = 0; from < length; ) {
            if (filled == ROOM) drain();
            int end = Math.min(length, from + ROOM - filled);
            text.getBytes(from, end, bytes, filled);
            filled += end - from;
            from = end;
        }
    }

    /** @return whether the line is in the bytes now; the stream has an encoding of its own, for what is not ASCII */
    private boolean take(StringBuilder line) {
        int length = line.length();
        if (length > ROOM) return false;
        if (filled + length > ROOM) drain();
        line.getChars(0, length, chars, 0);
        int all = 0;
        for (int i = 0; i < length; i++) {
            char c = chars[i];
            all |= c;
            bytes[filled + i] = (byte) c;
        }
        if (all > 0x7f) return false;
        filled += length;
        return true;
    }

    private void drain() {
        if (filled == 0) return;
        int count = filled;
        filled = 0;
        to.write(bytes, 0, count);
    }

    // Whatever else is printed comes by here.

    @Override
    public void write(int value) {
        drain();
        to.write(value);
    }

    @Override
    public void write(byte[] from, int start, int count) {
        drain();
        to.write(from, start, count);
    }

    @Override
    public void flush() {
        drain();
        to.flush();
    }

    @Override
    public boolean checkError() {
        drain();
        return to.checkError();
    }
}
