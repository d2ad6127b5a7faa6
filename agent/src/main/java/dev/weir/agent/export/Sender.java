package dev.weir.agent.export;

import java.io.IOException;

/** Brings an encoded request to a collector. */
interface Sender extends AutoCloseable {

    /**
     * What the collector said.
     *
     * @param accepted whether the batch has arrived, or will never be wanted
     * @param retryAfterMillis how long to wait before the same batch is sent again; -1 when it must not be
     */
    record Answer(boolean accepted, long retryAfterMillis, String description) {}

    /** @throws IOException when there was no answer */
    Answer send(byte[] body, int length) throws IOException;

    /** For people. */
    String endpoint();

    @Override
    void close();
}
