package dev.weir.instrumentation.files;

import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Reaches the file descriptor under a JDK channel, and what the kernel knows of it.
 *
 * <p>Always the descriptor that the application has open, never a second one: when a process closes any descriptor of a
 * file, POSIX takes away all the locks that the process holds on that file. Whatever a JDK does not have is
 * {@code null}.
 */
final class Descriptors {

    private static final @Nullable Class<?> CHANNEL = type("sun.nio.ch.FileChannelImpl");
    private static final @Nullable Class<?> ASYNCHRONOUS = type("sun.nio.ch.AsynchronousFileChannelImpl");
    private static final @Nullable MethodHandle OF_CHANNEL = getter(CHANNEL, "fd");
    private static final @Nullable MethodHandle OF_ASYNCHRONOUS = getter(ASYNCHRONOUS, "fdObj");
    private static final @Nullable MethodHandle NUMBER = number();
    private static final @Nullable MethodHandle CLOSE = close();
    private static final @Nullable MethodHandle ATTRIBUTES = attributes();
    private static final @Nullable MethodHandle CHANGE_TIME = changeTime();
    private static final @Nullable Class<?> UNIX_EXCEPTION = type("sun.nio.fs.UnixException");
    private static final @Nullable MethodHandle TRANSLATE = translate();

    private Descriptors() {}

    /** The descriptor of a channel; {@code null} when it is none of the JDK's file channels. */
    static @Nullable FileDescriptor of(@Nullable Object channel) {
        if (channel == null) return null;
        try {
            if (channel.getClass() == CHANNEL && OF_CHANNEL != null) {
                return (FileDescriptor) OF_CHANNEL.invokeExact(channel);
            }
            if (ASYNCHRONOUS != null && ASYNCHRONOUS.isInstance(channel) && OF_ASYNCHRONOUS != null) {
                return (FileDescriptor) OF_ASYNCHRONOUS.invokeExact(channel);
            }
        } catch (Throwable t) {
            // Then it is not followed.
        }
        return null;
    }

    /** The descriptor's number; -1 when it is closed or unknown. */
    static int number(FileDescriptor descriptor) {
        if (NUMBER == null) return -1;
        try {
            return (int) NUMBER.invokeExact(descriptor);
        } catch (Throwable t) {
            return -1;
        }
    }

    /** Closes a descriptor that no stream has been handed out for. */
    static void close(FileDescriptor descriptor) {
        if (CLOSE == null) return;
        try {
            CLOSE.invokeExact(descriptor);
        } catch (Throwable t) {
            // It was to be thrown away.
        }
    }

    /** The attributes of an open file. */
    static @Nullable PosixFileAttributes attributes(FileDescriptor descriptor) {
        int number = number(descriptor);
        if (ATTRIBUTES == null || number < 0) return null;
        try {
            return (PosixFileAttributes) ATTRIBUTES.invokeExact(number);
        } catch (Throwable t) {
            return null;
        }
    }

    /** When a file, its name or its attributes were last changed. */
    static @Nullable FileTime changeTime(PosixFileAttributes attributes) {
        if (CHANGE_TIME == null) return null;
        try {
            return (FileTime) CHANGE_TIME.invokeExact(attributes);
        } catch (Throwable t) {
            return null;
        }
    }

    /** The exception that the application will get for one that stays inside the JDK. */
    static @Nullable Throwable translated(@Nullable Throwable thrown, @Nullable Path path) {
        if (TRANSLATE == null || thrown == null || thrown.getClass() != UNIX_EXCEPTION) return thrown;
        try {
            return (IOException) TRANSLATE.invokeExact(thrown, path);
        } catch (Throwable t) {
            return thrown;
        }
    }

    static MethodHandles.Lookup inside(Class<?> type) throws IllegalAccessException {
        return MethodHandles.privateLookupIn(type, MethodHandles.lookup());
    }

    static @Nullable Class<?> type(String name) {
        try {
            return Class.forName(name, false, null);
        } catch (ClassNotFoundException | LinkageError e) {
            return null;
        }
    }

    private static @Nullable MethodHandle getter(@Nullable Class<?> owner, String field) {
        if (owner == null) return null;
        try {
            return inside(owner)
                    .findGetter(owner, field, FileDescriptor.class)
                    .asType(MethodType.methodType(FileDescriptor.class, Object.class));
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }

    private static @Nullable MethodHandle number() {
        try {
            return inside(FileDescriptor.class).findGetter(FileDescriptor.class, "fd", int.class);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }

    private static @Nullable MethodHandle close() {
        try {
            return inside(FileDescriptor.class)
                    .findVirtual(FileDescriptor.class, "close", MethodType.methodType(void.class));
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }

    private static @Nullable MethodHandle attributes() {
        Class<?> owner = type("sun.nio.fs.UnixFileAttributes");
        if (owner == null) return null;
        try {
            return inside(owner)
                    .findStatic(owner, "get", MethodType.methodType(owner, int.class))
                    .asType(MethodType.methodType(PosixFileAttributes.class, int.class));
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }

    private static @Nullable MethodHandle changeTime() {
        Class<?> owner = type("sun.nio.fs.UnixFileAttributes");
        if (owner == null) return null;
        try {
            return inside(owner)
                    .findVirtual(owner, "ctime", MethodType.methodType(FileTime.class))
                    .asType(MethodType.methodType(FileTime.class, PosixFileAttributes.class));
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }

    private static @Nullable MethodHandle translate() {
        Class<?> path = type("sun.nio.fs.UnixPath");
        if (UNIX_EXCEPTION == null || path == null) return null;
        try {
            return inside(UNIX_EXCEPTION)
                    .findVirtual(UNIX_EXCEPTION, "asIOException", MethodType.methodType(IOException.class, path))
                    .asType(MethodType.methodType(IOException.class, Throwable.class, Path.class));
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }
}
