package dev.weir.agent.export;

import java.io.IOException;

/** Brings an encoded request to a collector. */
interface Sender extends AutoCloseable {

    /**
     * What the collector said.
     *
     * @param accepted whether the batch has arrived, but for {@code rejected} records
     * @param rejected records of an accepted batch that the collector will not keep
     * @param retryAfterMillis how long to wait before the same batch is sent again; {@link #NEVER}, or
     *     {@link #BACK_OFF} when the collector names no time
     * @param unknown whether the collector has no place for this kind of data
     * @param description for people; clean
     */
    record Answer(boolean accepted, long rejected, long retryAfterMillis, boolean unknown, String description) {

        static final long NEVER = -1;
        static final long BACK_OFF = 0;

        static Answer taken(long rejected, String description) {
            return new Answer(true, rejected, NEVER, false, description);
        }

        static Answer refused(String description) {
            return new Answer(false, 0, NEVER, false, description);
        }

        static Answer unknown(String description) {
            return new Answer(false, 0, NEVER, true, description);
        }

        static Answer again(long retryAfterMillis, String description) {
            return new Answer(false, 0, retryAfterMillis, false, description);
        }
    }

    /** @throws IOException when there was no answer */
    Answer send(byte[] body, int length) throws IOException;

    /** For people. */
    String endpoint();

    @Override
    void close();
}
