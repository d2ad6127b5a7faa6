package dev.weir.agent.context;

import org.jspecify.annotations.Nullable;

/**
 * What the program means to do once, however many attempts that takes.
 *
 * <p>Its identity is a path: {@code id(child) = H(id(parent), kind, fingerprint, occurrence)}. Attempt numbers are never
 * part of it, so that a call that is made again inside a later attempt of what caused it is found to be the same
 * operation again. All mutable state is guarded by the root.
 */
public final class Operation {

    final Root root;
    private final long idHigh;
    private final long idLow;

    // The siblings of the same fingerprint that this one is counted among; null for the operation of a root.
    final @Nullable Siblings siblings;
    final int occurrence;

    /** Attempts that were let through. */
    int attempts;
    /** The number of the latest attempt, refused or not. */
    int number;

    int inFlight;
    boolean waiting;
    boolean settled;
    boolean succeeded;
    boolean counted;
    long lastEndNanos;
    int scopeAttempt;
    /** The attempt of the root in which an attempt of this operation was let through last; 0 for none. */
    int attemptOfRoot;
    /** Attempts of this operation that were put on the wire in the present attempt of its scope. */
    int wire;
    /** What those attempts' most repeated consequences were put on the wire for. */
    int below;

    /** Which of its root's lists it stands in; {@code null} once it is forgotten, and for the root's own. */
    @Nullable
    OperationList list;

    @Nullable
    Operation before;

    @Nullable
    Operation after;

    // Where it stands among its siblings that are not forgotten.
    @Nullable
    Operation earlier;

    @Nullable
    Operation later;

    private volatile @Nullable Rare rare;

    /** What few operations have. There may be thousands of them, and all the others would carry it empty. */
    static final class Rare {

        private static final Rare NONE = new Rare();

        private Rare() {}

        /** How often libraries put its attempts on the wire again by themselves. */
        int resends;
        /** Attempts that a rule refused. */
        int refused;
        /** Attempts that contain others. */
        int scopes;

        private volatile boolean hopeless;
        private @Nullable String pinnedKey;
        private @Nullable Children children;

        /** The next of its siblings that waits for its next attempt. */
        @Nullable
        Operation nextWaiting;
    }

    Operation(Root root, long idHigh, long idLow, @Nullable Siblings siblings, int occurrence) {
        this.root = root;
        this.idHigh = idHigh;
        this.idLow = idLow;
        this.siblings = siblings;
        this.occurrence = occurrence;
    }

    /** What few operations have, to be read: one that has nothing of it shares it with others. */
    Rare rare() {
        Rare known = rare;
        return known == null ? Rare.NONE : known;
    }

    /** What few operations have, to be written to. */
    Rare withRare() {
        Rare known = rare;
        if (known == null) rare = known = new Rare();
        return known;
    }

    void forgetChildren(Siblings forgotten) {
        Children known = rare().children;
        if (known != null) known.forget(forgotten);
    }

    /** How many fingerprints of children are known. */
    int fingerprints() {
        Children known = rare().children;
        return known == null ? 0 : known.count();
    }

    Siblings childrenOf(long fingerprint) {
        Children known = rare().children;
        if (known == null) withRare().children = known = new Children(this);
        return known.of(fingerprint);
    }

    /** The first half of the id. */
    public long idHigh() {
        return idHigh;
    }

    /** The second half of the id. */
    public long idLow() {
        return idLow;
    }

    /** The id as 32 hexadecimal digits. */
    public String id() {
        return Hex.of(idHigh, idLow);
    }

    /** Appends the id as 32 hexadecimal digits. */
    public void appendId(AsciiText to) {
        to.hex(idHigh).hex(idLow);
    }

    /** The other side has said that there is no point in trying again. */
    public void giveUp() {
        synchronized (root) {
            withRare().hopeless = true;
        }
    }

    /** Whether the other side has said that there is no point in trying again. */
    public boolean isHopeless() {
        return rare().hopeless;
    }

    /** The idempotency key that the first attempt carried; {@code null} before that. */
    public @Nullable String pinnedKey() {
        synchronized (root) {
            return rare().pinnedKey;
        }
    }

    /** Remembers the first attempt's key; later ones change nothing. */
    public void pinKey(String key) {
        synchronized (root) {
            Rare known = withRare();
            if (known.pinnedKey == null) known.pinnedKey = key;
        }
    }

    /** How often its most repeated consequence was put on the wire: see {@link ScopeAttempt#amplification}. */
    public int reach() {
        synchronized (root) {
            return Math.max(wire, below);
        }
    }
}
