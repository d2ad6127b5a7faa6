package dev.weir.instrumentation.files;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import java.io.FileDescriptor;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The files that are followed and open now, by their descriptor: streams and channels over one file share it.
 *
 * <p>Keeps no descriptor alive. Files that were never closed are ended when the JDK cleans their descriptors up, or
 * when more files are opened. Looking up takes no lock.
 */
final class OpenFiles {

    private static final int BUCKETS = 1024;
    private static final int LIMIT = 8192;
    private static final int SWEEP_AFTER = 256;

    private static final class Entry extends WeakReference<FileDescriptor> {

        final OpenFile file;
        volatile @Nullable Entry next;

        Entry(FileDescriptor descriptor, OpenFile file, @Nullable Entry next) {
            super(descriptor);
            this.file = file;
            this.next = next;
        }
    }

    private static final AtomicReferenceArray<@Nullable Entry> buckets = new AtomicReferenceArray<>(BUCKETS);
    private static final Object changes = new Object();
    private static volatile int open;
    private static int addedSinceSweep;

    private OpenFiles() {}

    /** Whether no followed file is open: the first thing to ask on hot paths. */
    static boolean none() {
        return open == 0;
    }

    static @Nullable OpenFile of(@Nullable FileDescriptor descriptor) {
        if (open == 0 || descriptor == null) return null;
        for (Entry entry = buckets.get(bucket(descriptor)); entry != null; entry = entry.next) {
            if (entry.refersTo(descriptor)) return entry.file;
        }
        return null;
    }

    /** Follows a file until its descriptor is closed. When there are too many, its call ends here. */
    static void add(FileDescriptor descriptor, OpenFile file) {
        boolean sweep;
        boolean added;
        synchronized (changes) {
            sweep = ++addedSinceSweep > Math.max(SWEEP_AFTER, open);
            added = link(descriptor, file);
        }
        if (sweep) {
            sweep();
            if (!added) {
                synchronized (changes) {
                    added = link(descriptor, file);
                }
            }
        }
        if (!added) end(file, null);
    }

    private static boolean link(FileDescriptor descriptor, OpenFile file) {
        if (open >= LIMIT) return false;
        int bucket = bucket(descriptor);
        buckets.set(bucket, new Entry(descriptor, file, buckets.get(bucket)));
        open = open + 1;
        return true;
    }

    static void remove(FileDescriptor descriptor) {
        synchronized (changes) {
            int bucket = bucket(descriptor);
            Entry before = null;
            for (Entry entry = buckets.get(bucket); entry != null; entry = entry.next) {
                if (entry.refersTo(descriptor)) {
                    unlink(bucket, before, entry);
                    return;
                }
                before = entry;
            }
        }
    }

    /** Ends the calls of files that nobody has closed and nobody can close any more. */
    static void sweep() {
        List<OpenFile> forgotten = new ArrayList<>();
        synchronized (changes) {
            for (int bucket = 0; bucket < BUCKETS; bucket++) {
                Entry before = null;
                for (Entry entry = buckets.get(bucket); entry != null; entry = entry.next) {
                    if (entry.refersTo(null)) {
                        unlink(bucket, before, entry);
                        forgotten.add(entry.file);
                    } else {
                        before = entry;
                    }
                }
            }
            addedSinceSweep = 0;
        }
        for (int i = 0; i < forgotten.size(); i++) end(forgotten.get(i), null);
    }

    static void end(OpenFile file, @Nullable Throwable thrown) {
        Call call = file.call();
        Hooks.end(call, 0, thrown);
    }

    private static void unlink(int bucket, @Nullable Entry before, Entry entry) {
        if (before == null) buckets.set(bucket, entry.next);
        else before.next = entry.next;
        open = open - 1;
    }

    private static int bucket(FileDescriptor descriptor) {
        return System.identityHashCode(descriptor) & (BUCKETS - 1);
    }
}
