package dev.weir.agent.cli.serve;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds a chain in a {@link DataFolder} that memory has let go.
 *
 * <p>There is no index: the files are searched for the id as bytes, one search at a time, and only lines that hold it are
 * parsed. What was found last is remembered for a while, because a page asks again and again.
 */
final class KeptChains {
    private static final int CHUNK = 1 << 20;
    private static final int STEP = 1 << 14;
    /** Longer ones cannot be one array. No request is that large. */
    private static final long MOST_OF_A_LINE = 512L << 20;

    /** How many may wait for a search at once. */
    static final int READERS = 8;

    private static final long REMEMBERED_NANOS = Duration.ofSeconds(60).toNanos();

    /** The answer would come, but not now. */
    static final class BusyException extends IOException {
        private static final long serialVersionUID = 1L;

        BusyException() {
            super("others are searching the folder for their chains; ask again");
        }
    }

    private final DataFolder folder;
    private final long mostBytes;
    private final LongSupplier clock;
    private final int chunkBytes;
    private final Semaphore readers = new Semaphore(READERS);
    private String lastId = "";
    private long lastNanos;
    private Chain.@Nullable Snapshot last;

    /** @param mostBytes how much memory a chain may take */
    KeptChains(DataFolder folder, long mostBytes, LongSupplier clock) {
        this(folder, mostBytes, clock, CHUNK);
    }

    /** @param chunkBytes how much is read at once, more than an id is long */
    KeptChains(DataFolder folder, long mostBytes, LongSupplier clock, int chunkBytes) {
        this.folder = folder;
        this.mostBytes = mostBytes;
        this.clock = clock;
        this.chunkBytes = chunkBytes;
    }

    /**
     * A chain as it is on disk; {@code null} when nothing of it is.
     *
     * @throws BusyException when too many wait already
     */
    Chain.@Nullable Snapshot find(String traceId) throws IOException {
        // Each of them has a thread of the server, and spans must still come in.
        if (!readers.tryAcquire()) throw new BusyException();
        try {
            return search(traceId);
        } finally {
            readers.release();
        }
    }

    private synchronized Chain.@Nullable Snapshot search(String traceId) throws IOException {
        long now = clock.getAsLong();
        if (lastId.equals(traceId) && now - lastNanos < REMEMBERED_NANOS) return last;
        Chain chain = new Chain(traceId, 0);
        Map<Resource, Resource> resources = new HashMap<>();
        for (Path file : folder.files()) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                search(channel, chain, resources);
            } catch (NoSuchFileException e) {
                // Retention has taken it away meanwhile.
            }
        }
        last = chain.size() == 0 ? null : chain.snapshot(false);
        lastId = traceId;
        lastNanos = now;
        return last;
    }

    private void search(FileChannel file, Chain chain, Map<Resource, Resource> resources) throws IOException {
        byte[] id = chain.id.getBytes(StandardCharsets.US_ASCII);
        int[] skips = skips(id);
        byte[] chunk = new byte[chunkBytes];
        long at = 0;
        while (true) {
            int read = read(file, at, chunk);
            if (read < id.length) return;
            int found = indexOf(chunk, read, id, skips);
            if (found < 0) {
                // An id may lie across the end of the chunk.
                at += read - id.length + 1;
                continue;
            }
            long begin = lineStart(file, at + found);
            long end = lineEnd(file, at + found);
            take(file, begin, end, chain, resources);
            at = end;
        }
    }

    /** Source: R. N. Horspool, Practical fast searching in strings, 1980. */
    private static int[] skips(byte[] wanted) {
        int[] skips = new int[256];
        Arrays.fill(skips, wanted.length);
        for (int i = 0; i < wanted.length - 1; i++) skips[wanted[i] & 0xff] = wanted.length - 1 - i;
        return skips;
    }

    private static int indexOf(byte[] within, int length, byte[] wanted, int[] skips) {
        int last = wanted.length - 1;
        for (int at = 0; at + last < length; at += skips[within[at + last] & 0xff]) {
            if (Arrays.equals(within, at, at + wanted.length, wanted, 0, wanted.length)) return at;
        }
        return -1;
    }

    private static int read(FileChannel file, long at, byte[] into) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(into);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, at + buffer.position()) < 0) break;
        }
        return buffer.position();
    }

    private long lineStart(FileChannel file, long within) throws IOException {
        byte[] chunk = new byte[Math.min(chunkBytes, STEP)];
        for (long to = within; to > 0; to -= chunk.length) {
            long from = Math.max(0, to - chunk.length);
            int read = read(file, from, chunk);
            for (int i = (int) Math.min(read, to - from) - 1; i >= 0; i--) if (chunk[i] == '\n') return from + i + 1;
        }
        return 0;
    }

    private long lineEnd(FileChannel file, long within) throws IOException {
        byte[] chunk = new byte[Math.min(chunkBytes, STEP)];
        for (long from = within; ; from += chunk.length) {
            int read = read(file, from, chunk);
            for (int i = 0; i < read; i++) if (chunk[i] == '\n') return from + i;
            if (read < chunk.length) return from + read;
        }
    }

    private void take(FileChannel file, long begin, long end, Chain chain, Map<Resource, Resource> resources)
            throws IOException {
        if (end - begin > MOST_OF_A_LINE) return;
        byte[] line = new byte[(int) (end - begin)];
        if (read(file, begin, line) < line.length) return;
        SpanBatch batch;
        try {
            batch = OtlpJson.read(new ByteArrayInputStream(line));
        } catch (MalformedPayloadException e) {
            // It was cut, or is being written.
            return;
        }
        for (Span span : batch.spans()) {
            if (!span.traceId().equals(chain.id)) continue;
            Resource resource = resources.computeIfAbsent(span.resource(), same -> same);
            long weight = span.weight();
            if (chain.has(span.spanId())) chain.duplicate();
            else if (chain.bytes + weight > mostBytes) chain.drop();
            else chain.add(span.from(resource), weight);
        }
    }
}
