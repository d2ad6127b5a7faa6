package dev.weir.instrumentation.files;

import org.jspecify.annotations.Nullable;

/** Bytes that go into a followed file from another channel: by the kernel unseen, or by writes that are counted. */
final class Transfer {

    private final OpenFile file;
    private final long before;

    private Transfer(OpenFile file) {
        this.file = file;
        this.before = file.bytesWritten();
    }

    static @Nullable Transfer into(@Nullable Object channel) {
        OpenFile file = OpenFiles.of(Descriptors.of(channel));
        return file == null ? null : new Transfer(file);
    }

    void transferred(long bytes) {
        long unseen = bytes - (file.bytesWritten() - before);
        if (unseen > 0) file.wrote(unseen);
    }
}
