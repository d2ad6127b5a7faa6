package dev.weir.agent.context;

import dev.weir.bootstrap.CallFacts;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Makes ids: of operations, roots, traces and spans, and idempotency keys. */
public final class Identity {

    private final long key0;
    private final long key1;
    private final int operationsPerRoot;
    private final long retryWindowNanos;
    private final ThreadLocal<? extends Scratch> scratches;

    /**
     * @param secret what ids are keyed with; processes that shall agree on ids share it
     * @param operationsPerRoot how many operations one root remembers
     * @param retryWindowNanos how long after its last attempt an operation that did not settle can get another one
     * @param scratches what each thread computes with
     */
    public Identity(
            String secret, int operationsPerRoot, long retryWindowNanos, ThreadLocal<? extends Scratch> scratches) {
        KeyedHash hash = new KeyedHash(0x77656972L, 1).start().add(secret).finish();
        this.key0 = hash.low();
        this.key1 = hash.high();
        this.operationsPerRoot = operationsPerRoot;
        this.retryWindowNanos = retryWindowNanos;
        this.scratches = scratches;
    }

    int operationsPerRoot() {
        return operationsPerRoot;
    }

    long retryWindowNanos() {
        return retryWindowNanos;
    }

    /** This thread's hash, begun anew. */
    public KeyedHash hash() {
        return scratches.get().hash(key0, key1);
    }

    /** A random number that is not 0. */
    public long random() {
        long random;
        do {
            random = ThreadLocalRandom.current().nextLong();
        } while (random == 0);
        return random;
    }

    KeyedHash child(Operation parent, CallFacts.Kind kind, long fingerprint, int occurrence, int epoch) {
        return hash().add(parent.idHigh())
                .add(parent.idLow())
                .add(((long) kind.ordinal() << 32) | (epoch & 0xffffffffL))
                .add(fingerprint)
                .add((long) occurrence)
                .finish();
    }

    /** A root that is known outside by an id of 128 bits. */
    public Root root(CallFacts.Kind kind, long idHigh, long idLow, Root.Evictions evictions) {
        return new Root(this, evictions, kind, idHigh, idLow);
    }

    /** A root that nobody outside knows. */
    public Root randomRoot(CallFacts.Kind kind, Root.Evictions evictions) {
        return new Root(this, evictions, kind, random(), random());
    }

    /** The table of a thread that nothing inbound caused. */
    public Root ambientRoot(Root.Evictions evictions) {
        return randomRoot(CallFacts.Kind.HTTP_SERVER, evictions);
    }

    /** The trace that an operation without a cause begins: the same for all of its tries, wherever they are made. */
    public KeyedHash trace(Operation operation) {
        return hash().add("trace")
                .add(operation.idHigh())
                .add(operation.idLow())
                .finish();
    }

    /**
     * The idempotency key of an operation: a UUID of version 8 (RFC 9562, section 5.8) from its id. It is derived once
     * more, so that a key does not give the operation's id away.
     */
    public String idempotencyKey(Operation operation) {
        KeyedHash hash = hash().add("idempotency-key")
                .add(operation.idHigh())
                .add(operation.idLow())
                .finish();
        long high = (hash.high() & 0xffffffffffff0fffL) | 0x8000L;
        long low = (hash.low() & 0x3fffffffffffffffL) | 0x8000000000000000L;
        return new UUID(high, low).toString();
    }

    /** Reads 32 hexadecimal digits; {@code null} when they are none, or all zero. */
    public static long @Nullable [] readId(@Nullable String text) {
        if (text == null || text.length() != 32 || !Hex.is(text, 0, 32)) return null;
        long high = Hex.read(text, 0);
        long low = Hex.read(text, 16);
        return high == 0 && low == 0 ? null : new long[] {high, low};
    }
}
