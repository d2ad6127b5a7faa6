package dev.weir.instrumentation.shared;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The body of a call with a limit: says why when it is cut off, and ends the limit when it is over. */
public final class LimitedInputStream extends FilterInputStream {

    private final CallLimit limit;

    public LimitedInputStream(InputStream body, CallLimit limit) {
        super(body);
        this.limit = limit;
    }

    @Override
    public int read() throws IOException {
        try {
            return ended(super.read());
        } catch (IOException e) {
            throw told(e);
        }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        try {
            return ended(super.read(bytes, offset, length));
        } catch (IOException e) {
            throw told(e);
        }
    }

    private int ended(int read) {
        if (read < 0) limit.cancel();
        return read;
    }

    @Override
    public void close() throws IOException {
        // What is left is read first.
        try {
            super.close();
        } catch (IOException e) {
            throw told(e);
        } finally {
            limit.cancel();
        }
    }

    private IOException told(IOException thrown) {
        IOException reason = limit.reasonOf(thrown);
        return reason == null ? thrown : reason;
    }
}
