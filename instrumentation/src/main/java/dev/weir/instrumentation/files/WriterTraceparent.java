package dev.weir.instrumentation.files;

import java.io.FileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The {@code traceparent} that a writer leaves on a file: the extended attribute {@code user.weir.traceparent}.
 *
 * <p>Its value is {@code <traceparent> <mtime in µs> <size>}: an attribute outlives a rewrite by somebody who knows
 * nothing of it, and must then not be believed. A value without the two numbers is believed as it stands.
 */
final class WriterTraceparent {

    /** Where a {@code traceparent} was left. */
    enum Left {
        /** There is no file to leave it on. */
        NOWHERE,
        /** On the file, where every process can read it. */
        ON_FILE,
        /** Only here: the file system refused it. */
        IN_MEMORY
    }

    private static final int LIMIT = 256;
    private static final String NAME = "weir.traceparent";

    private WriterTraceparent() {}

    /** Whether this can be left on a file: printable ASCII, and short. */
    static boolean acceptable(String traceparent) {
        int length = traceparent.length();
        if (length == 0 || length > LIMIT - 48) return false;
        for (int i = 0; i < length; i++) {
            if (traceparent.charAt(i) <= ' ' || traceparent.charAt(i) > '~') return false;
        }
        return true;
    }

    // ---- of an open file

    static @Nullable String read(FileDescriptor descriptor) {
        byte[] value = ExtendedAttributes.read(descriptor, LIMIT);
        if (value == null) {
            return RememberedWriters.none() ? null : RememberedWriters.of(Descriptors.attributes(descriptor));
        }
        String text = text(value, value.length);
        return text == null ? null : believed(text, Descriptors.attributes(descriptor));
    }

    /**
     * Leaves it on a file that is open, or remembers it for readers in this process where the file system refuses.
     *
     * @param settled whether the file's content is final; that of a mapped file is not
     */
    static Left write(FileDescriptor descriptor, String traceparent, boolean settled) {
        PosixFileAttributes attributes = Descriptors.attributes(descriptor);
        if (attributes == null || !attributes.isRegularFile()) return Left.NOWHERE;
        boolean left = settled
                ? ExtendedAttributes.write(
                        descriptor, traceparent, micros(attributes.lastModifiedTime()), attributes.size())
                : ExtendedAttributes.write(descriptor, traceparent);
        if (left) return Left.ON_FILE;
        RememberedWriters.put(attributes, traceparent);
        return Left.IN_MEMORY;
    }

    // ---- of a file by its path

    static @Nullable String read(Path path, LinkOption... links) {
        try {
            PosixFileAttributes attributes = Files.readAttributes(path, PosixFileAttributes.class, links);
            // The view opens the file, which would wait for the other end of a pipe.
            if (!attributes.isRegularFile()) return null;
            String text = attribute(path, links);
            return text == null ? RememberedWriters.of(attributes) : believed(text, attributes);
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    private static @Nullable String attribute(Path path, LinkOption... links) {
        UserDefinedFileAttributeView view = Files.getFileAttributeView(path, UserDefinedFileAttributeView.class, links);
        if (view == null) return null;
        try {
            ByteBuffer value = ByteBuffer.allocate(LIMIT);
            int length = view.read(NAME, value);
            return text(value.array(), length);
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    /** Like {@link #write(FileDescriptor, String, boolean)}, for a file that this very call has made. */
    static Left write(Path path, String traceparent) {
        try {
            PosixFileAttributes attributes =
                    Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!attributes.isRegularFile()) return Left.NOWHERE;
            UserDefinedFileAttributeView view =
                    Files.getFileAttributeView(path, UserDefinedFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
            if (view != null && set(view, stamped(traceparent, attributes))) return Left.ON_FILE;
            RememberedWriters.put(attributes, traceparent);
            return Left.IN_MEMORY;
        } catch (IOException | RuntimeException e) {
            // Gone, or not ours to read: nobody can be told.
            return Left.NOWHERE;
        }
    }

    private static boolean set(UserDefinedFileAttributeView view, String value) {
        try {
            view.write(NAME, ByteBuffer.wrap(value.getBytes(StandardCharsets.ISO_8859_1)));
            return true;
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    // ---- the value

    private static @Nullable String text(byte[] value, int length) {
        for (int i = 0; i < length; i++) if (value[i] < ' ' || value[i] > '~') return null;
        return length <= 0 ? null : new String(value, 0, length, StandardCharsets.ISO_8859_1);
    }

    private static String stamped(String traceparent, BasicFileAttributes attributes) {
        return traceparent + " " + micros(attributes.lastModifiedTime()) + " " + attributes.size();
    }

    private static long micros(FileTime time) {
        return time.to(TimeUnit.MICROSECONDS);
    }

    private static @Nullable String believed(String value, @Nullable BasicFileAttributes attributes) {
        int first = value.indexOf(' ');
        if (first < 0) return value;
        int second = value.indexOf(' ', first + 1);
        if (first == 0 || second < 0 || attributes == null) return null;
        try {
            long modified = Long.parseLong(value.substring(first + 1, second));
            long size = Long.parseLong(value.substring(second + 1));
            // Setting the time back, as unpacking an archive does, is no rewrite.
            boolean untouched = attributes.size() == size && micros(attributes.lastModifiedTime()) <= modified;
            return untouched ? value.substring(0, first) : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
