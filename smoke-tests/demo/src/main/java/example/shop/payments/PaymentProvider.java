package example.shop.payments;

import example.shop.Reply;
import example.shop.Service;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The payment provider's process: it refuses every charge, and hangs on refunds before it pays them out. */
public final class PaymentProvider {
    private static final int HANGS = 7;
    private static final long HANG_MILLIS = 1500;

    /** One line per call that arrived over the wire, with the time of its arrival. */
    private final List<String> calls = new ArrayList<>();

    private int refunds;

    private PaymentProvider() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        PaymentProvider provider = new PaymentProvider();
        new Service("payments")
                .at("/charges", provider::charge)
                .at("/refunds", provider::refund)
                .at("/calls", form -> provider.calls())
                .run();
    }

    private synchronized Reply charge(Map<String, String> form) {
        record("charge");
        System.out.println("charge of order " + form.get("order") + ": 503");
        return new Reply(503, "try again later");
    }

    private Reply refund(Map<String, String> form) throws InterruptedException {
        if (hangs(form)) {
            Thread.sleep(HANG_MILLIS);
            return new Reply(Reply.NONE, "");
        }
        return new Reply(200, "paid out");
    }

    private synchronized boolean hangs(Map<String, String> form) {
        record("refund");
        boolean hangs = ++refunds <= HANGS;
        System.out.println("refund of order " + form.get("order") + ": " + (hangs ? "hangs" : "paid out"));
        if (!hangs) {
            record("payout");
        }
        return hangs;
    }

    private void record(String what) {
        calls.add(what + " " + System.currentTimeMillis());
    }

    private synchronized Reply calls() {
        return new Reply(200, String.join("\n", calls));
    }
}
