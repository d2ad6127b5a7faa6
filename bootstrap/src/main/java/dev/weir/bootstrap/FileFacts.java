package dev.weir.bootstrap;

import org.jspecify.annotations.Nullable;

/** What an adapter knows of something that is done to a file. */
public abstract class FileFacts extends CallFacts {

    /** What is done. */
    public enum Action {
        /** Opened to be read. */
        READ,
        /** Opened and emptied, or created, to be written. */
        WRITE,
        /** Opened to be written at its end. */
        APPEND,
        /** Opened to be read and written in place. */
        UPDATE,
        /** Copied to {@link FileFacts#target}. */
        COPY,
        /** Moved to {@link FileFacts#target}. */
        MOVE,
        /** Deleted. */
        DELETE;
    }

    private final Action action;
    private final String path;

    /** @param path absolute, as the application named it */
    protected FileFacts(String instrumentation, Action action, String path) {
        super(Kind.FILE, instrumentation);
        this.action = action;
        this.path = path;
    }

    /** What is done. */
    public final Action action() {
        return action;
    }

    /** The absolute path, as the application named it. */
    public final String path() {
        return path;
    }

    /** Where a copy or move goes to. */
    public @Nullable String target() {
        return null;
    }

    /** Bytes written until now; -1 when unknown. */
    public long bytesWritten() {
        return -1;
    }

    /**
     * The {@code traceparent} that the last writer of this file, or of a copy's source, left on it; {@code null} when
     * there is none, when the file was changed since, and for a file that is emptied. For a file that is opened to be
     * changed it is known as soon as the file is open.
     */
    public @Nullable String writerTraceparent() {
        return null;
    }

    /**
     * Lever: leaves a {@code traceparent} on the file for its readers, when the file is closed and was really changed.
     *
     * @return whether this adapter can do that
     */
    public boolean leaveTraceparent(String traceparent) {
        return false;
    }

    /**
     * At the end: whether the {@code traceparent} is on the file itself, where every process can read it. When it was
     * to be left but the file system refuses, only readers in this process know it.
     */
    public boolean traceparentLeft() {
        return false;
    }

    /** At the end: whether the {@code traceparent} was to be put on the file, and the file system refused it. */
    public boolean traceparentRefused() {
        return false;
    }

    /** The type of the file system, such as {@code ext4}; {@code null} when unknown. Looked up at each call. */
    public @Nullable String fileSystemType() {
        return null;
    }
}
