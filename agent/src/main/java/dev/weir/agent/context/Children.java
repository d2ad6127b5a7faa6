package dev.weir.agent.context;

import org.jspecify.annotations.Nullable;

/** What happened under one operation, by fingerprint: a hash table without boxes. Guarded by the root. */
final class Children {

    private static final int SMALLEST = 4;

    private @Nullable Siblings[] buckets = new Siblings[SMALLEST];
    private int count;

    /** Those of one fingerprint; a keyed hash, so its low bits are as good as any. */
    Siblings of(long fingerprint) {
        int bucket = (int) fingerprint & (buckets.length - 1);
        for (Siblings known = buckets[bucket]; known != null; known = known.next) {
            if (known.fingerprint == fingerprint) return known;
        }
        if (count >= buckets.length) {
            grow();
            bucket = (int) fingerprint & (buckets.length - 1);
        }
        Siblings created = new Siblings(fingerprint);
        created.next = buckets[bucket];
        buckets[bucket] = created;
        count++;
        return created;
    }

    private void grow() {
        @Nullable Siblings[] larger = new Siblings[buckets.length * 4];
        for (Siblings first : buckets) {
            Siblings moved = first;
            while (moved != null) {
                Siblings next = moved.next;
                int bucket = (int) moved.fingerprint & (larger.length - 1);
                moved.next = larger[bucket];
                larger[bucket] = moved;
                moved = next;
            }
        }
        buckets = larger;
    }
}
