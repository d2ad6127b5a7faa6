package dev.weir.instrumentation.files;

import dev.weir.bootstrap.Call;
import java.io.FileDescriptor;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;

/** A file from its opening to its closing. */
final class OpenFile extends TracedFile {

    private static final AtomicLongFieldUpdater<OpenFile> WRITTEN =
            AtomicLongFieldUpdater.newUpdater(OpenFile.class, "written");

    private volatile long written;
    private volatile boolean uncounted;
    private volatile boolean changed;
    private volatile boolean mapped;
    private long sizeAtOpen = -1;
    private @Nullable FileDescriptor unread;
    private @Nullable String writer;
    private @Nullable Call call;

    OpenFile(Action action, String path) {
        super(action, path);
    }

    /** The file is open. What its last writer left on it can be read until {@link #look}. */
    void opened(FileDescriptor descriptor) {
        unread = descriptor;
    }

    /** The last moment before the application has the file: reads what must be known of it before anybody writes. */
    void look() {
        FileDescriptor descriptor = unread;
        if (descriptor == null) return;
        unread = null;
        // What was on an emptied file is not there any more, and who wrote that is of no interest.
        if (action() == Action.WRITE) return;
        writer = WriterTraceparent.read(descriptor);
        if (action() != Action.UPDATE) return;
        PosixFileAttributes attributes = Descriptors.attributes(descriptor);
        if (attributes != null) sizeAtOpen = attributes.size();
    }

    void begun(Call begun) {
        call = begun;
    }

    @Nullable
    Call call() {
        return call;
    }

    void wrote(long bytes) {
        WRITTEN.addAndGet(this, bytes);
    }

    /** Bytes were written, nobody knows how many. */
    void wroteUncounted() {
        uncounted = true;
        changed = true;
    }

    /** The file can be written through memory, now and after it is closed. */
    void mapped() {
        mapped = true;
        wroteUncounted();
    }

    /** The file was cut off or made longer. */
    void changed() {
        changed = true;
    }

    /** About to be closed, by this descriptor. */
    void closing(FileDescriptor descriptor) {
        String traceparent = traceparent();
        if (traceparent != null && wasChanged(descriptor)) {
            left(WriterTraceparent.write(descriptor, traceparent, !mapped));
        }
    }

    private boolean wasChanged(FileDescriptor descriptor) {
        if (action() == Action.WRITE || changed || written > 0) return true;
        if (sizeAtOpen < 0) return false;
        // RandomAccessFile.setLength is a native method on some JDKs and cannot be seen.
        PosixFileAttributes attributes = Descriptors.attributes(descriptor);
        return attributes != null && attributes.size() != sizeAtOpen;
    }

    @Override
    public long bytesWritten() {
        return uncounted ? -1 : written;
    }

    @Override
    public @Nullable String writerTraceparent() {
        look();
        return writer;
    }
}
