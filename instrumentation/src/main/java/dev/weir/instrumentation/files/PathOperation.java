package dev.weir.instrumentation.files;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import org.jspecify.annotations.Nullable;

/** Something that is done to a file as a whole, by its path, in one go. */
final class PathOperation extends TracedFile {

    private final @Nullable Path source;
    private final @Nullable String target;
    private @Nullable Object fileBefore;
    private @Nullable String remembered;
    private boolean looked;
    private @Nullable String writer;

    private PathOperation(Action action, String path, @Nullable Path source, @Nullable String target) {
        super(action, path);
        this.source = source;
        this.target = target;
    }

    static @Nullable Call begin(Action action, @Nullable Path path, @Nullable Path target) {
        String from = FollowedPaths.absolute(path);
        String to = FollowedPaths.absolute(target);
        if (from == null || (to == null) != (target == null)) return null;
        return begin(new PathOperation(action, from, path, to));
    }

    static @Nullable Call begin(Action action, File file, @Nullable File target) {
        String from = FollowedPaths.absolute(file);
        String to = FollowedPaths.absolute(target);
        if (from == null || (to == null) != (target == null)) return null;
        return begin(new PathOperation(action, from, null, to));
    }

    private static @Nullable Call begin(PathOperation operation) {
        String target = operation.target;
        boolean followed = FollowedPaths.contain(operation.path()) || (target != null && FollowedPaths.contain(target));
        return followed ? Hooks.begin(operation) : null;
    }

    static @Nullable PathOperation of(@Nullable Call call) {
        return call != null && call.facts() instanceof PathOperation operation ? operation : null;
    }

    @Override
    public @Nullable String target() {
        return target;
    }

    /** Only of a copy: to look at a file that is merely renamed would cost its owner's locks. */
    @Override
    public @Nullable String writerTraceparent() {
        if (!looked && source != null && action() == Action.COPY) {
            looked = true;
            writer = WriterTraceparent.read(source);
        }
        return writer;
    }

    /** About to move. */
    void moving() {
        if (source == null) return;
        fileBefore = file(source);
        if (!RememberedWriters.none()) remembered = RememberedWriters.of(posix(source));
    }

    /** A rename takes everything along; a move to another file system is a copy. */
    void moved(Path to) {
        if (fileBefore == null) return;
        if (!fileBefore.equals(file(to))) {
            made(to);
        } else if (remembered != null) {
            // A rename changes the change time, by which a writer is remembered where it cannot be noted on the file.
            PosixFileAttributes renamed = posix(to);
            if (renamed != null) RememberedWriters.put(renamed, remembered);
        }
    }

    /** The call has made the file at its own path. */
    void made() {
        Path file = Path.of(path());
        // The default file system may be an application's.
        if (FollowedPaths.isOfTheJdk(file)) made(file);
    }

    /** The call has made this file. A copy of an attribute that came along is the truth about the content. */
    void made(Path file) {
        String traceparent = traceparent();
        if (traceparent == null) return;
        if (action() != Action.WRITE && WriterTraceparent.read(file, LinkOption.NOFOLLOW_LINKS) != null) return;
        left(WriterTraceparent.write(file, traceparent));
    }

    private static @Nullable PosixFileAttributes posix(Path path) {
        try {
            return Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    private static @Nullable Object file(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey();
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }
}
