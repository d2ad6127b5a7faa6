package dev.weir.incidents.doublecharge;

import dev.weir.incidents.service.Service;
import java.io.IOException;

/** An agent whose framework calls a failed tool up to three times; it pays two invoices and two equal tips. */
public final class Agent {

    private static final int TRIES = 3;

    private Agent() {}

    /** Arguments: {@code serve} (runs when asked over HTTP) or {@code once}, the provider, the confirmations. */
    public static void main(String[] args) throws Exception {
        PaymentTool tool = new PaymentTool(args[1], args[2]);
        if (args[0].equals("serve")) {
            Service.create().on("/run", request -> Service.Reply.ok(run(tool))).run();
        } else {
            System.out.println(run(tool));
        }
    }

    private static String run(PaymentTool tool) throws InterruptedException {
        return "invoices " + call(tool, "invoice 4711", 12_900) + " and " + call(tool, "invoice 4712", 3_300)
                + ", first tip " + call(tool, "tip", 500)
                + ", second tip " + call(tool, "tip", 500);
    }

    private static String call(PaymentTool tool, String reason, int cents) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                tool.pay(reason, cents);
                return "paid";
            } catch (IOException e) {
                System.err.println("tool call " + attempt + " failed: " + e);
                if (attempt == TRIES) return "failed";
            }
        }
    }
}
