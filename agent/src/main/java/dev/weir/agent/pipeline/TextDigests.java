package dev.weir.agent.pipeline;

import dev.weir.agent.context.KeyedHash;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Digests of texts that come again with every call, such as a statement and the URL of its database. What comes later
 * takes the place of what was there.
 */
final class TextDigests {

    private static final int SLOTS = 512;

    private record Digest(String text, long high, long low) {}

    private final AtomicReferenceArray<@Nullable Digest> slots = new AtomicReferenceArray<>(SLOTS);

    /** Feeds the digest of a text. The digest has no key of its own: the hash that it is fed to has. */
    void add(String text, KeyedHash to) {
        // A string remembers its hash.
        int hash = text.hashCode();
        int slot = (hash ^ hash >>> 16) & (SLOTS - 1);
        Digest known = slots.get(slot);
        if (known == null || !known.text.equals(text)) {
            KeyedHash digest = new KeyedHash(0, 0).add(text).finish();
            known = new Digest(text, digest.high(), digest.low());
            slots.set(slot, known);
        }
        to.add(known.high).add(known.low);
    }
}
