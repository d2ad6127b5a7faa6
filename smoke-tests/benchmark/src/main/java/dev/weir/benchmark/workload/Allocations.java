package dev.weir.benchmark.workload;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;

/** Bytes allocated by all threads of this process since it started, the agent's threads included. */
final class Allocations {

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private Map<Long, Long> lastSeen = new HashMap<>();
    private long ofDead;
    private int died;

    /**
     * Sums the live threads and what dead ones had allocated when last seen.
     *
     * <p>What a thread allocated between the last call and its death is lost, hence {@link #died}.
     */
    long total() {
        long[] ids = threads.getAllThreadIds();
        long[] allocated = threads.getThreadAllocatedBytes(ids);
        Map<Long, Long> seen = new HashMap<>();
        long sum = 0;
        for (int i = 0; i < ids.length; i++) {
            if (allocated[i] >= 0) {
                seen.put(ids[i], allocated[i]);
                sum += allocated[i];
            }
        }
        for (Map.Entry<Long, Long> before : lastSeen.entrySet()) {
            if (!seen.containsKey(before.getKey())) {
                ofDead += before.getValue();
                died++;
            }
        }
        lastSeen = seen;
        return sum + ofDead;
    }

    int died() {
        return died;
    }
}
