package dev.weir.agent.ledger;

/** Which payload each idempotency key of the application was sent with. Bounded; what was used longest ago goes first. */
public final class UsedKeys {

    private static final class Payload {
        boolean known;
        long digest;
    }

    private final PerDestination<Payload> payloads;

    /** @param most how many are remembered */
    public UsedKeys(int most) {
        this.payloads = new PerDestination<>(most) {
            @Override
            Payload begin() {
                return new Payload();
            }
        };
    }

    /**
     * The key is about to be sent.
     *
     * @param key the key, and what it is a key for
     * @return whether it stands for another payload already
     */
    public boolean isTaken(String key, long digest) {
        Payload payload = payloads.of(key);
        synchronized (payload) {
            if (payload.known) return payload.digest != digest;
            payload.known = true;
            payload.digest = digest;
            return false;
        }
    }
}
