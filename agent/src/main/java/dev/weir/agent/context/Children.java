package dev.weir.agent.context;

import org.jspecify.annotations.Nullable;

/** What happened under one operation, by fingerprint: a hash table without boxes. Guarded by the root. */
final class Children {

    private static final int FEWEST_BUCKETS = 4;
    /** How long chains are, on average, before there are more buckets. */
    private static final int CHAIN = 2;

    private final Operation parent;
    private @Nullable Siblings[] buckets = new Siblings[FEWEST_BUCKETS];
    private int count;
    /** How often all children of one fingerprint were forgotten: their like must not be taken for them. */
    private int epoch;

    Children(Operation parent) {
        this.parent = parent;
    }

    /** How many fingerprints are known. */
    int count() {
        return count;
    }

    Siblings of(long fingerprint) {
        for (Siblings known = buckets[bucket(fingerprint)]; known != null; known = known.next) {
            if (known.fingerprint == fingerprint) return known;
        }
        if (count == buckets.length * CHAIN) grow();
        Siblings created = new Siblings(parent, fingerprint, epoch);
        put(created);
        count++;
        return created;
    }

    void forget(Siblings forgotten) {
        int bucket = bucket(forgotten.fingerprint);
        Siblings before = null;
        Siblings at = buckets[bucket];
        while (at != null && at != forgotten) {
            before = at;
            at = at.next;
        }
        if (at == null) return;
        if (before == null) buckets[bucket] = at.next;
        else before.next = at.next;
        count--;
        epoch++;
    }

    private void put(Siblings siblings) {
        int bucket = bucket(siblings.fingerprint);
        siblings.next = buckets[bucket];
        buckets[bucket] = siblings;
    }

    private void grow() {
        @Nullable Siblings[] before = buckets;
        buckets = new Siblings[before.length * 4];
        for (Siblings first : before) {
            Siblings moved = first;
            while (moved != null) {
                Siblings next = moved.next;
                put(moved);
                moved = next;
            }
        }
    }

    /** A fingerprint is a keyed hash, so its low bits are as good as any. */
    private int bucket(long fingerprint) {
        return (int) fingerprint & (buckets.length - 1);
    }
}
