package dev.weir.demo;

import java.util.List;

/**
 * What one run of the shop did, as the payment provider counted it and the application logged it.
 *
 * @param chains the causal chain of each story, as Weir saw it; none without Weir
 * @param chargeCalls calls for one charge that reached the payment provider
 * @param refundCalls calls for one refund that reached it
 * @param lateRefundCalls those of them that came after the caller had given up
 * @param answeredMillis how long the customer waited for the answer about the refund
 * @param busyMillis how long the worker went on with the refund after the caller had given up
 * @param paidLate whether the refund was paid out after the caller had given up
 */
record Outcome(
        Mode mode,
        List<Story> stories,
        List<Chain> chains,
        int chargeCalls,
        int refundCalls,
        int lateRefundCalls,
        long answeredMillis,
        long busyMillis,
        boolean paidLate) {

    /** A request of the customer's and the agent's answer. */
    record Story(String request, String answer) {}

    /** A causal chain: its tree, and calls on the wire per call that was meant. */
    record Chain(String tree, double amplification) {}
}
