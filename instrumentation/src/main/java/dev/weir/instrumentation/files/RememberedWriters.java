package dev.weir.instrumentation.files;

import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who wrote a file whose file system takes no extended attributes: known in this process only, by device, inode and
 * change time, so that whatever is done to the file by others makes it forgotten. Bounded; the oldest go first.
 */
final class RememberedWriters {

    private static final int LIMIT = 1024;

    private static final class Version {

        private final Object file;
        private final FileTime changed;

        Version(Object file, FileTime changed) {
            this.file = file;
            this.changed = changed;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Version version && file.equals(version.file) && changed.equals(version.changed);
        }

        @Override
        public int hashCode() {
            return file.hashCode() * 31 + changed.hashCode();
        }
    }

    private static final class Oldest extends LinkedHashMap<Version, String> {

        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Version, String> eldest) {
            return size() > LIMIT;
        }
    }

    private static final Oldest writers = new Oldest();
    private static volatile boolean none = true;

    private RememberedWriters() {}

    static boolean none() {
        return none;
    }

    static @Nullable String of(@Nullable PosixFileAttributes attributes) {
        if (none) return null;
        Version version = version(attributes);
        if (version == null) return null;
        synchronized (writers) {
            return writers.get(version);
        }
    }

    static void put(PosixFileAttributes attributes, String traceparent) {
        Version version = version(attributes);
        if (version == null) return;
        synchronized (writers) {
            writers.put(version, traceparent);
        }
        none = false;
    }

    private static @Nullable Version version(@Nullable PosixFileAttributes attributes) {
        if (attributes == null) return null;
        Object file = attributes.fileKey();
        FileTime changed = Descriptors.changeTime(attributes);
        return file == null || changed == null ? null : new Version(file, changed);
    }
}
