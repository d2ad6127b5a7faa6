package dev.weir.incidents.retrytower;

import java.io.IOException;

/** The middle layer: a vendor's SDK with a retry policy of its own. */
final class InventorySdk {

    /** What the SDK's users get to see. */
    static final class InventoryException extends Exception {
        InventoryException(Throwable cause) {
            super("inventory is not available", cause);
        }
    }

    private static final int MAX_RETRIES = 2;
    private final Transport transport;

    InventorySdk(Transport transport) {
        this.transport = transport;
    }

    String reserve(String article) throws InventoryException, InterruptedException {
        int retries = 0;
        while (true) {
            try {
                return transport.post("{\"reserve\":\"" + article + "\"}");
            } catch (IOException e) {
                if (retries++ == MAX_RETRIES) throw new InventoryException(e);
            }
        }
    }
}
