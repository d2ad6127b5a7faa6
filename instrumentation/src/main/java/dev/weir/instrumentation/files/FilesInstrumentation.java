package dev.weir.instrumentation.files;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts.Kind;
import dev.weir.bootstrap.FileFacts.Action;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Files from open to close, copies, moves and deletions.
 *
 * <p>All of this sits under class loading, so each advice first asks whether anybody follows files on this thread.
 */
public final class FilesInstrumentation implements Instrumentation {

    static final String NAME = "files";

    private static final String PATH = "java.nio.file.Path";
    private static final String BUFFER = "java.nio.ByteBuffer";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.opens("java.io").opens("java.nio").opens("sun.nio.ch").opens("sun.nio.fs");
        weaving.type("java.io.FileInputStream").exactly("open", "InputOpen", "java.lang.String");
        weaving.type("java.io.FileOutputStream")
                .exactly("open", "OutputOpen", "java.lang.String", "boolean")
                .exactly("write", "WriteByte", "int")
                .exactly("write", "WriteBytes", "byte[]")
                .exactly("write", "WriteRange", "byte[]", "int", "int");
        weaving.type("java.io.RandomAccessFile")
                .exactly("open", "RandomOpen", "java.lang.String", "int")
                .exactly("write", "WriteByte", "int")
                .exactly("write", "WriteBytes", "byte[]")
                .exactly("write", "WriteRange", "byte[]", "int", "int")
                // The other write… methods call the ones above.
                .exactly("writeBytes", "RandomText", "java.lang.String")
                .exactly("writeChars", "RandomChars", "java.lang.String");
        weaving.type("java.io.FileDescriptor").exactly("close", "Close");
        weaving.type("java.io.FileCleanable").exactly("performCleanup", "Cleanup");
        weaving.type("java.io.File")
                .exactly("delete", "FileDelete")
                .exactly("renameTo", "FileRename", "java.io.File")
                .exactly("createNewFile", "FileCreate");
        // Linux, macOS and AIX have these two. Where they are not there, only java.io is followed.
        weaving.type("sun.nio.fs.UnixChannelFactory")
                .method("newFileChannel", "ChannelOpen", "sun.nio.fs.UnixPath", "java.util.Set")
                .method("newAsynchronousFileChannel", "ChannelOpen", "sun.nio.fs.UnixPath", "java.util.Set");
        weaving.type("sun.nio.fs.UnixFileSystemProvider")
                .method("copy", "PathCopy", PATH, PATH)
                .method("move", "PathMove", PATH, PATH)
                .exactly("implDelete", "PathDelete", PATH, "boolean");
        weaving.type("sun.nio.ch.FileChannelImpl")
                .exactly("write", "ChannelWrite", BUFFER)
                .exactly("write", "ChannelWrite", BUFFER, "long")
                .exactly("write", "ChannelGather", BUFFER + "[]", "int", "int")
                .exactly("transferTo", "TransferTo", "long", "long", "java.nio.channels.WritableByteChannel")
                .exactly("transferFrom", "TransferFrom", "java.nio.channels.ReadableByteChannel", "long", "long")
                .exactly("truncate", "Truncate", "long")
                .method("map", "ChannelMap", "java.nio.channels.FileChannel$MapMode");
        weaving.type("sun.nio.ch.SimpleAsynchronousFileChannelImpl")
                .method("implWrite", "AsynchronousWrite", BUFFER)
                .exactly("truncate", "Truncate", "long");
    }

    // ---- opening through java.io

    static final class InputOpen {

        static @Nullable Throwable exit(@Nullable Throwable thrown, FileInputStream stream, String name)
                throws IOException {
            if (!Hooks.follows(Kind.FILE)) return null;
            Call.Denied denied = Opening.read(FollowedPaths.absolute(name), stream.getFD(), thrown);
            return denied == null ? null : Opening.notFound(name, denied);
        }
    }

    static final class OutputOpen {

        static @Nullable Call enter(FileOutputStream stream, String name, boolean append) {
            if (!Hooks.follows(Kind.FILE)) return null;
            return Opening.write(append ? Action.APPEND : Action.WRITE, FollowedPaths.absolute(name));
        }

        static @Nullable Throwable exit(
                @Nullable Call call, @Nullable Throwable thrown, FileOutputStream stream, String name)
                throws IOException {
            if (call == null) return null;
            if (call instanceof Call.Denied denied) return Opening.notFound(name, denied);
            Opening.written(call, stream.getFD(), thrown);
            return null;
        }
    }

    static final class RandomOpen {

        private static final int FOR_WRITING = 2;

        static @Nullable Call enter(RandomAccessFile file, String name, int mode) {
            if ((mode & FOR_WRITING) == 0 || !Hooks.follows(Kind.FILE)) return null;
            return Opening.write(Action.UPDATE, FollowedPaths.absolute(name));
        }

        static @Nullable Throwable exit(
                @Nullable Call call, @Nullable Throwable thrown, RandomAccessFile file, String name, int mode)
                throws IOException {
            if (call instanceof Call.Denied denied) return Opening.notFound(name, denied);
            if (call != null) Opening.written(call, file.getFD(), thrown);
            if ((mode & FOR_WRITING) != 0 || !Hooks.follows(Kind.FILE)) return null;
            Call.Denied denied = Opening.read(FollowedPaths.absolute(name), file.getFD(), thrown);
            return denied == null ? null : Opening.notFound(name, denied);
        }
    }

    // ---- opening through java.nio

    static final class ChannelOpen {

        static @Nullable Call enter(@Nullable Path path, @Nullable Set<?> options) {
            if (!Hooks.follows(Kind.FILE)) return null;
            return Opening.channel(path, options);
        }

        static @Nullable Throwable exit(
                @Nullable Call call,
                @Nullable Object channel,
                @Nullable Throwable thrown,
                @Nullable Path path,
                @Nullable Set<?> options) {
            if (call == null && !Hooks.follows(Kind.FILE)) return null;
            return Opening.channelOpened(call, Descriptors.of(channel), thrown, path, options);
        }
    }

    // ---- closing

    /** Every stream and channel closes its file here, on whatever thread. */
    static final class Close {

        static @Nullable OpenFile enter(FileDescriptor descriptor) {
            if (OpenFiles.none()) return null;
            OpenFile file = OpenFiles.of(descriptor);
            if (file != null) file.closing(descriptor);
            return file;
        }

        static void exit(@Nullable OpenFile file, @Nullable Throwable thrown, FileDescriptor descriptor) {
            if (file == null) return;
            OpenFiles.remove(descriptor);
            OpenFiles.end(file, thrown);
        }
    }

    /** The JDK's cleaner has found a file that was never closed. */
    static final class Cleanup {

        static void exit() {
            if (!OpenFiles.none()) OpenFiles.sweep();
        }
    }

    // ---- writing

    static final class WriteByte {

        static void exit(@Nullable Throwable thrown, Object stream) throws IOException {
            if (OpenFiles.none()) return;
            wrote(descriptor(stream), 1, thrown);
        }
    }

    static final class WriteBytes {

        static void exit(@Nullable Throwable thrown, Object stream, byte[] bytes) throws IOException {
            if (OpenFiles.none()) return;
            wrote(descriptor(stream), thrown == null ? bytes.length : 0, thrown);
        }
    }

    static final class WriteRange {

        static void exit(@Nullable Throwable thrown, Object stream, byte[] bytes, int offset, int length)
                throws IOException {
            if (OpenFiles.none()) return;
            wrote(descriptor(stream), length, thrown);
        }
    }

    static final class RandomText {

        static void exit(@Nullable Throwable thrown, RandomAccessFile file, String text) throws IOException {
            if (OpenFiles.none()) return;
            wrote(file.getFD(), thrown == null ? text.length() : 0, thrown);
        }
    }

    static final class RandomChars {

        static void exit(@Nullable Throwable thrown, RandomAccessFile file, String text) throws IOException {
            if (OpenFiles.none()) return;
            wrote(file.getFD(), thrown == null ? 2L * text.length() : 0, thrown);
        }
    }

    static final class ChannelWrite {

        static void exit(int written, @Nullable Throwable thrown, Object channel) {
            if (OpenFiles.none()) return;
            wrote(Descriptors.of(channel), written, thrown);
        }
    }

    static final class ChannelGather {

        static void exit(long written, @Nullable Throwable thrown, Object channel) {
            if (OpenFiles.none()) return;
            wrote(Descriptors.of(channel), written, thrown);
        }
    }

    static final class TransferTo {

        static @Nullable Transfer enter(Object channel, long position, long count, @Nullable Object target) {
            return OpenFiles.none() ? null : Transfer.into(target);
        }

        static void exit(@Nullable Transfer transfer, long transferred) {
            if (transfer != null) transfer.transferred(transferred);
        }
    }

    static final class TransferFrom {

        static @Nullable Transfer enter(Object channel) {
            return OpenFiles.none() ? null : Transfer.into(channel);
        }

        static void exit(@Nullable Transfer transfer, long transferred) {
            if (transfer != null) transfer.transferred(transferred);
        }
    }

    static final class Truncate {

        static void exit(@Nullable Object result, @Nullable Throwable thrown, Object channel) {
            if (OpenFiles.none()) return;
            OpenFile file = OpenFiles.of(Descriptors.of(channel));
            if (file != null && thrown == null) file.changed();
        }
    }

    static final class ChannelMap {

        static void exit(
                @Nullable Object result,
                @Nullable Throwable thrown,
                Object channel,
                FileChannel.@Nullable MapMode mode) {
            if (OpenFiles.none()) return;
            if (mode == FileChannel.MapMode.READ_ONLY || mode == FileChannel.MapMode.PRIVATE) return;
            OpenFile file = OpenFiles.of(Descriptors.of(channel));
            if (file != null && thrown == null) file.mapped();
        }
    }

    static final class AsynchronousWrite {

        static void exit(@Nullable Object result, @Nullable Throwable thrown, Object channel) {
            if (OpenFiles.none()) return;
            OpenFile file = OpenFiles.of(Descriptors.of(channel));
            if (file != null && thrown == null) file.wroteUncounted();
        }
    }

    private static FileDescriptor descriptor(Object stream) throws IOException {
        return stream instanceof FileOutputStream out ? out.getFD() : ((RandomAccessFile) stream).getFD();
    }

    private static void wrote(@Nullable FileDescriptor descriptor, long bytes, @Nullable Throwable thrown) {
        if (thrown != null || bytes <= 0) return;
        OpenFile file = OpenFiles.of(descriptor);
        if (file != null) file.wrote(bytes);
    }

    // ---- whole files

    static final class PathCopy {

        static @Nullable Call enter(Object provider, @Nullable Path source, @Nullable Path target) {
            if (!Hooks.follows(Kind.FILE)) return null;
            return PathOperation.begin(Action.COPY, source, target);
        }

        static @Nullable Throwable exit(
                @Nullable Call call, @Nullable Throwable thrown, Object provider, Path source, Path target) {
            if (call == null) return null;
            if (call instanceof Call.Denied denied) return refused(source, target, denied);
            PathOperation operation = PathOperation.of(call);
            if (operation != null && thrown == null) operation.made(target);
            Hooks.end(call, 0, thrown);
            return null;
        }
    }

    static final class PathMove {

        static @Nullable Call enter(Object provider, @Nullable Path source, @Nullable Path target) {
            if (!Hooks.follows(Kind.FILE)) return null;
            Call call = PathOperation.begin(Action.MOVE, source, target);
            PathOperation operation = PathOperation.of(call);
            if (operation != null) operation.moving();
            return call;
        }

        static @Nullable Throwable exit(
                @Nullable Call call, @Nullable Throwable thrown, Object provider, Path source, Path target) {
            if (call == null) return null;
            if (call instanceof Call.Denied denied) return refused(source, target, denied);
            PathOperation operation = PathOperation.of(call);
            if (operation != null && thrown == null) operation.moved(target);
            Hooks.end(call, 0, thrown);
            return null;
        }
    }

    static final class PathDelete {

        static @Nullable Call enter(Object provider, @Nullable Path path) {
            if (!Hooks.follows(Kind.FILE)) return null;
            return PathOperation.begin(Action.DELETE, path, null);
        }

        static @Nullable Throwable exit(
                @Nullable Call call, boolean deleted, @Nullable Throwable thrown, Object provider, Path path) {
            if (call == null) return null;
            if (call instanceof Call.Denied denied) return refused(path, null, denied);
            Hooks.end(call, 0, thrown);
            return null;
        }
    }

    /** Deletes; where it may not, {@code false} is all that this API has to say. */
    static final class FileDelete {

        static @Nullable Call enter(File file) {
            if (!Hooks.follows(Kind.FILE)) return null;
            return PathOperation.begin(Action.DELETE, file, null);
        }

        static void exit(@Nullable Call call, boolean deleted, @Nullable Throwable thrown) {
            endOf(call, deleted, thrown);
        }
    }

    static final class FileRename {

        static @Nullable Call enter(File file, @Nullable File target) {
            if (target == null || !Hooks.follows(Kind.FILE)) return null;
            return PathOperation.begin(Action.MOVE, file, target);
        }

        static void exit(@Nullable Call call, boolean renamed, @Nullable Throwable thrown) {
            endOf(call, renamed, thrown);
        }
    }

    static final class FileCreate {

        static @Nullable Call enter(File file) {
            if (!Hooks.follows(Kind.FILE)) return null;
            return PathOperation.begin(Action.WRITE, file, null);
        }

        static @Nullable Throwable exit(@Nullable Call call, boolean created, @Nullable Throwable thrown, File file) {
            if (call == null) return null;
            if (call instanceof Call.Denied denied) {
                return new FileSystemException(file.getPath(), null, denied.message());
            }
            PathOperation operation = PathOperation.of(call);
            if (operation != null && created) operation.made();
            endOf(call, created, thrown);
            return null;
        }
    }

    /** {@code java.io.File} says neither why nor by an exception that it could not do something. */
    private static void endOf(@Nullable Call call, boolean done, @Nullable Throwable thrown) {
        if (call == null || call instanceof Call.Denied) return;
        Hooks.end(call, 0, done || thrown != null ? null : "FAILED", thrown);
    }

    private static FileSystemException refused(Path path, @Nullable Path other, Call.Denied denied) {
        return new FileSystemException(path.toString(), other == null ? null : other.toString(), denied.message());
    }
}
