package dev.weir.incidents.retrytower;

import dev.weir.incidents.retrytower.InventorySdk.InventoryException;
import dev.weir.incidents.service.Service;
import java.net.URI;
import java.time.Duration;

/** The outermost layer: an agent that asks its tool again when the tool failed. */
public final class Agent {

    private static final int STEPS = 3;

    private Agent() {}

    /** Arguments: the dependency's URL, how often the HTTP client tries, after how many milliseconds it gives up. */
    public static void main(String[] args) throws Exception {
        Transport transport = new Transport(
                URI.create(args[0]), Integer.parseInt(args[1]), Duration.ofMillis(Long.parseLong(args[2])));
        InventorySdk sdk = new InventorySdk(transport);
        Service.create().on("/run", request -> Service.Reply.ok(run(sdk))).run();
    }

    private static String run(InventorySdk sdk) throws InventoryException, InterruptedException {
        for (int step = 1; ; step++) {
            try {
                return sdk.reserve("towel");
            } catch (InventoryException e) {
                System.out.println("step " + step + ": " + e.getMessage());
                if (step == STEPS) throw e;
            }
        }
    }
}
