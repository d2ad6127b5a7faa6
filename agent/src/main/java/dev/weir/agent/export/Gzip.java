package dev.weir.agent.export;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPOutputStream;

/** Compresses requests. */
final class Gzip {

    /** The beginning of an array. */
    @SuppressWarnings("ArrayRecordComponent")
    record Bytes(byte[] array, int length) {}

    private Gzip() {}

    static Bytes compressed(byte[] body, int length) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream(length / 4 + 64);
        try (GZIPOutputStream out = new GZIPOutputStream(compressed)) {
            out.write(body, 0, length);
        }
        byte[] bytes = compressed.toByteArray();
        return new Bytes(bytes, bytes.length);
    }
}
