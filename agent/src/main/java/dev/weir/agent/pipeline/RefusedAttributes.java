package dev.weir.agent.pipeline;

import dev.weir.agent.config.Log;
import dev.weir.bootstrap.FileFacts;
import java.util.concurrent.atomic.AtomicLong;

/** Says once, and counts, that a file system does not take the extended attribute by which readers find a writer. */
final class RefusedAttributes {

    private final Log log;
    private final AtomicLong count = new AtomicLong();

    RefusedAttributes(Log log) {
        this.log = log;
    }

    /** Something that was done to a file is over. */
    void ended(FileFacts file) {
        if (!file.traceparentRefused() || count.getAndIncrement() > 0) return;
        String target = file.target();
        String path = target == null ? file.path() : target;
        String type = file.fileSystemType();
        log.warn("the file system of " + path + " (" + (type == null ? "of an unknown type" : type)
                + ") does not take the extended attribute"
                + " user.weir.traceparent: readers in this JVM still see who wrote the file, other processes do not"
                + " (said once)");
    }

    /** How often that was so. */
    long count() {
        return count.get();
    }
}
