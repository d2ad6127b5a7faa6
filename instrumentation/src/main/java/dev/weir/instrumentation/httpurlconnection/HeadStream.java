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
    // A print stream has buffers of 24 KB, whether it uses them or not.
    private static final AtomicReferenceArray<@Nullable HeadStream> IDLE = new AtomicReferenceArray<>(IDLE_MOST);

    private static final PrintStream NOWHERE = new PrintStream(OutputStream.nullOutputStream(), false);

    private final byte[] bytes = new byte[1_024];
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
        to = NOWHERE;
        facts = null;
        for (int i = 0; i < IDLE_MOST; i++) if (IDLE.compareAndSet(i, null, this)) break;
        return printed;
    }

    /** One of our headers. */
    void header(String name, String value) {
        text(name);
        text(": ");
        text(value);
        text("\r\n");
    }

    @Override
    public void print(@Nullable Object line) {
        if (line instanceof StringBuilder text) text(text);
        else to.print(line);
    }

    @Override
    public void print(@Nullable String text) {
        RequestFacts ours = facts;
        if (ours != null && "\r\n".equals(text)) {
            facts = null;
            ours.print(this);
        }
        to.print(text);
    }

    private void text(CharSequence text) {
        int length = text.length();
        for (int from = 0; from < length; ) {
            int count = Math.min(length - from, bytes.length);
            for (int i = 0; i < count; i++) {
                char c = text.charAt(from + i);
                if (c > '~') {
                    // The stream has an encoding of its own.
                    to.print(text.subSequence(from, length));
                    return;
                }
                bytes[i] = (byte) c;
            }
            to.write(bytes, 0, count);
            from += count;
        }
    }

    // Whatever else is printed comes by here.

    @Override
    public void write(int value) {
        to.write(value);
    }

    @Override
    public void write(byte[] from, int start, int count) {
        to.write(from, start, count);
    }

    @Override
    public void flush() {
        to.flush();
    }

    @Override
    public boolean checkError() {
        return to.checkError();
    }
}
