package dev.weir.instrumentation.files;

import java.io.FileDescriptor;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes one extended attribute of an open file.
 *
 * <p>The public view of the JDK opens the file again for each access: ten times as slow, it blocks on a pipe, and it
 * takes the application's locks away.
 */
final class ExtendedAttributes {

    /** More names than this, and the attribute is not found. */
    private static final int NAMES = 4096;

    /** Room for two numbers and the spaces before them. */
    private static final int NUMBERS = 40;

    private static final int BUFFERS = 16;
    private static final byte[] NAME = {
        'u', 's', 'e', 'r', '.', 'w', 'e', 'i', 'r', '.', 't', 'r', 'a', 'c', 'e', 'p', 'a', 'r', 'e', 'n', 't'
    };

    private static final @Nullable MethodHandle ADDRESS = address();
    private static final @Nullable MethodHandle LIST =
            find("flistxattr", MethodType.methodType(int.class, int.class, long.class, int.class));
    private static final @Nullable MethodHandle GET =
            find("fgetxattr", MethodType.methodType(int.class, int.class, byte[].class, long.class, int.class));
    private static final @Nullable MethodHandle SET =
            find("fsetxattr", MethodType.methodType(void.class, int.class, byte[].class, long.class, int.class));
    // Allocated once: memory outside the heap may be what the application has just run out of.
    private static final AtomicReferenceArray<@Nullable ByteBuffer> buffers = buffers();

    private ExtendedAttributes() {}

    /**
     * The attribute's value.
     *
     * @return {@code null} when there is none, it is longer than {@code limit}, or cannot be read
     */
    static byte @Nullable [] read(FileDescriptor descriptor, int limit) {
        int number = Descriptors.number(descriptor);
        if (number < 0 || ADDRESS == null || LIST == null || GET == null) return null;
        ByteBuffer buffer = take();
        try {
            long address = (long) ADDRESS.invokeExact(buffer);
            // To ask for the attribute itself throws where there is none, which is most files and costs more.
            int names = (int) LIST.invokeExact(number, address, NAMES);
            if (names <= NAME.length || !mentioned(buffer, names)) return null;
            int length = (int) GET.invokeExact(number, NAME, address, limit);
            if (length <= 0) return null;
            byte[] value = new byte[length];
            buffer.get(0, value);
            return value;
        } catch (Throwable t) {
            return null;
        } finally {
            give(buffer);
        }
    }

    /**
     * Sets the attribute.
     *
     * @param value ASCII
     * @return whether the file system took it
     */
    static boolean write(FileDescriptor descriptor, String value) {
        return write(descriptor, value, false, 0, 0);
    }

    /** Sets the attribute to a text and two numbers, none of them negative, with a space before each. */
    static boolean write(FileDescriptor descriptor, String text, long first, long second) {
        return write(descriptor, text, true, first, second);
    }

    private static boolean write(FileDescriptor descriptor, String text, boolean numbered, long first, long second) {
        int file = Descriptors.number(descriptor);
        if (file < 0 || ADDRESS == null || SET == null || text.length() > NAMES - NUMBERS) return false;
        ByteBuffer buffer = take();
        try {
            long address = (long) ADDRESS.invokeExact(buffer);
            int length = text.length();
            for (int i = 0; i < length; i++) buffer.put(i, (byte) text.charAt(i));
            if (numbered) length = putNumber(buffer, putNumber(buffer, length, first), second);
            SET.invokeExact(file, NAME, address, length);
            return true;
        } catch (Throwable t) {
            return false;
        } finally {
            give(buffer);
        }
    }

    /** @return where it ends */
    private static int putNumber(ByteBuffer buffer, int at, long number) {
        int digits = 1;
        for (long left = number / 10; left != 0; left /= 10) digits++;
        buffer.put(at, (byte) ' ');
        long left = number;
        for (int i = at + digits; i > at; i--) {
            buffer.put(i, (byte) ('0' + left % 10));
            left /= 10;
        }
        return at + digits + 1;
    }

    private static boolean mentioned(ByteBuffer names, int length) {
        int start = 0;
        for (int i = 0; i < length; i++) {
            if (names.get(i) != 0) continue;
            if (i - start == NAME.length && startsWithName(names, start)) return true;
            start = i + 1;
        }
        return false;
    }

    private static boolean startsWithName(ByteBuffer names, int start) {
        for (int i = 0; i < NAME.length; i++) if (names.get(start + i) != NAME[i]) return false;
        return true;
    }

    private static ByteBuffer take() {
        int slot = System.identityHashCode(Thread.currentThread());
        for (int i = 0; i < BUFFERS; i++) {
            ByteBuffer buffer = buffers.getAndSet((slot + i) & (BUFFERS - 1), null);
            if (buffer != null) return buffer;
        }
        return ByteBuffer.allocateDirect(NAMES);
    }

    private static void give(ByteBuffer buffer) {
        int slot = System.identityHashCode(Thread.currentThread());
        for (int i = 0; i < BUFFERS; i++) {
            if (buffers.compareAndSet((slot + i) & (BUFFERS - 1), null, buffer)) return;
        }
    }

    private static AtomicReferenceArray<@Nullable ByteBuffer> buffers() {
        AtomicReferenceArray<@Nullable ByteBuffer> free = new AtomicReferenceArray<>(BUFFERS);
        for (int i = 0; i < BUFFERS; i++) free.set(i, ByteBuffer.allocateDirect(NAMES));
        return free;
    }

    private static @Nullable MethodHandle find(String method, MethodType type) {
        Class<?> owner = Descriptors.type("sun.nio.fs.UnixNativeDispatcher");
        if (owner == null) return null;
        try {
            return Descriptors.inside(owner).findStatic(owner, method, type);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }

    private static @Nullable MethodHandle address() {
        try {
            return Descriptors.inside(Buffer.class)
                    .findGetter(Buffer.class, "address", long.class)
                    .asType(MethodType.methodType(long.class, ByteBuffer.class));
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }
}
