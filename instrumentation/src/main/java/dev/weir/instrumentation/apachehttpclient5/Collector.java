package dev.weir.instrumentation.apachehttpclient5;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.jspecify.annotations.Nullable;

/** Takes the bytes of a body that is produced at once. */
final class Collector implements DataStreamChannel {

    private final byte[] bytes;
    private int taken;
    private int before = -1;
    private boolean complete;
    private boolean tooLong;

    Collector(int length) {
        bytes = new byte[length];
    }

    /** Whether more has come since this was last asked. */
    boolean progresses() {
        boolean progresses = taken > before;
        before = taken;
        return progresses && !tooLong;
    }

    boolean isComplete() {
        return complete;
    }

    byte @Nullable [] bytes() {
        return complete && !tooLong && taken == bytes.length ? bytes : null;
    }

    @Override
    public void requestOutput() {}

    @Override
    public int write(ByteBuffer source) {
        int size = Math.min(source.remaining(), bytes.length - taken);
        tooLong |= source.remaining() > size;
        source.get(bytes, taken, size);
        taken += size;
        return size;
    }

    @Override
    public void endStream(@Nullable List<? extends Header> trailers) {
        complete = true;
    }

    @Override
    public void endStream() {
        complete = true;
    }
}
