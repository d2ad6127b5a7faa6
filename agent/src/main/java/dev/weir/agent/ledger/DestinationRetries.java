package dev.weir.agent.ledger;

/**
 * How many retries each destination still gets: every first attempt earns it a part of one, and a small floor flows in
 * with time, so that quiet destinations can be retried too.
 *
 * <p>Source: the retry budgets of Finagle and Linkerd (20 % of requests, plus some per second).
 */
public final class DestinationRetries {

    private static final class Balance {
        double tokens;
        boolean began;
        long nanos;

        Balance(double tokens) {
            this.tokens = tokens;
        }
    }

    private static final double SECOND = 1e9;

    private final double ratio;
    private final double floorPerSecond;
    private final double most;
    private final PerDestination<Balance> balances;

    /**
     * @param ratio retries that a first attempt earns
     * @param floorPerSecond retries that flow in each second
     * @param most what can be saved up; also what a new destination starts with
     * @param destinations how many are remembered
     */
    public DestinationRetries(double ratio, double floorPerSecond, double most, int destinations) {
        this.ratio = ratio;
        this.floorPerSecond = floorPerSecond;
        this.most = most;
        this.balances = new PerDestination<>(destinations) {
            @Override
            Balance begin() {
                return new Balance(most);
            }
        };
    }

    /** A first attempt was made. */
    public void earn(String destination, long nowNanos) {
        Balance balance = balances.of(destination);
        synchronized (balance) {
            flow(balance, nowNanos);
            balance.tokens = Math.min(most, balance.tokens + ratio);
        }
    }

    /** Takes one retry; {@code false} when there is none left. */
    public boolean spend(String destination, long nowNanos) {
        Balance balance = balances.of(destination);
        synchronized (balance) {
            flow(balance, nowNanos);
            if (balance.tokens < 1) return false;
            balance.tokens -= 1;
            return true;
        }
    }

    private void flow(Balance balance, long nowNanos) {
        if (balance.began) {
            double flowed = (nowNanos - balance.nanos) / SECOND * floorPerSecond;
            if (flowed <= 0) return;
            balance.tokens = Math.min(most, balance.tokens + flowed);
        }
        balance.began = true;
        balance.nanos = nowNanos;
    }
}
