package dev.weir.instrumentation.files;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.WeakIdentityMap;
import java.io.FileDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * The files that are followed and open now, by their descriptor: streams and channels over one file share it.
 *
 * <p>Keeps no descriptor alive. Files that were never closed are ended when the JDK cleans their descriptors up, or
 * when more files are opened.
 */
final class OpenFiles {

    private static final int LIMIT = 8192;

    /** Nobody has closed the file and nobody can close it any more. */
    private static final class Forgotten implements WeakIdentityMap.Collected<OpenFile> {

        @Override
        public void collected(OpenFile file) {
            end(file, null);
        }
    }

    private static final WeakIdentityMap<OpenFile> files = new WeakIdentityMap<>(LIMIT, new Forgotten());

    private OpenFiles() {}

    /** Whether no followed file is open: the first thing to ask on hot paths. */
    static boolean none() {
        return files.isEmpty();
    }

    static @Nullable OpenFile of(@Nullable FileDescriptor descriptor) {
        return descriptor == null ? null : files.get(descriptor);
    }

    /** Follows a file until its descriptor is closed. When there are too many, its call ends here. */
    static void add(FileDescriptor descriptor, OpenFile file) {
        if (!files.put(descriptor, file)) end(file, null);
    }

    static void remove(FileDescriptor descriptor) {
        files.remove(descriptor);
    }

    /** Ends the calls of files that nobody has closed and nobody can close any more. */
    static void sweep() {
        files.sweep();
    }

    static void end(OpenFile file, @Nullable Throwable thrown) {
        Call call = file.call();
        Hooks.end(call, 0, thrown);
    }
}
