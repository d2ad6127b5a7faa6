package dev.weir.instrumentation.files;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.FileFacts.Action;
import dev.weir.bootstrap.Hooks;
import java.io.FileDescriptor;
import java.io.FileNotFoundException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The opening of files.
 *
 * <p>A writer's call begins before the file is opened, so that a denial leaves it whole. A reader's call begins when the
 * file is open: what its writer left on it can then be read from the open file, before a rule judges.
 */
final class Opening {

    private Opening() {}

    /** A file is about to be opened for writing. */
    static @Nullable Call write(Action action, String path) {
        if (!FollowedPaths.contain(path)) return null;
        OpenFile file = new OpenFile(action, path);
        Call call = Hooks.begin(file);
        if (call != null) file.begun(call);
        return call;
    }

    /** A file was opened for writing, or could not be. */
    static void written(Call call, @Nullable FileDescriptor descriptor, @Nullable Throwable thrown) {
        if (thrown != null || descriptor == null || !(call.facts() instanceof OpenFile file)) {
            Hooks.end(call, 0, thrown);
            return;
        }
        Hooks.leave(call);
        file.opened(descriptor);
        file.look();
        OpenFiles.add(descriptor, file);
    }

    /**
     * A file was opened for reading, or could not be.
     *
     * @return the denial; the file is then closed again
     */
    static Call.@Nullable Denied read(String path, @Nullable FileDescriptor descriptor, @Nullable Throwable thrown) {
        if (!FollowedPaths.contain(path)) return null;
        OpenFile file = new OpenFile(Action.READ, path);
        FileDescriptor open = thrown == null ? descriptor : null;
        if (open != null) file.opened(open);
        Call call = Hooks.begin(file);
        if (call == null) return null;
        if (call instanceof Call.Denied denied) {
            // The stream's own close may be an application's, and its constructor has not returned.
            if (open != null) Descriptors.close(open);
            return denied;
        }
        file.begun(call);
        file.look();
        if (open != null) {
            Hooks.leave(call);
            OpenFiles.add(open, file);
        } else {
            Hooks.end(call, 0, thrown);
        }
        return null;
    }

    /** A channel is about to be opened. */
    static @Nullable Call channel(@Nullable Path path, @Nullable Set<?> options) {
        Action action = action(options);
        if (action == null || action == Action.READ) return null;
        String absolute = FollowedPaths.absolute(path);
        return absolute == null ? null : write(action, absolute);
    }

    /** A channel was opened, or could not be, or was denied. */
    static @Nullable Throwable channelOpened(
            @Nullable Call call,
            @Nullable FileDescriptor descriptor,
            @Nullable Throwable thrown,
            @Nullable Path path,
            @Nullable Set<?> options) {
        if (call instanceof Call.Denied denied) return refused(path, denied);
        Throwable seen = Descriptors.translated(thrown, path);
        if (call != null) {
            written(call, descriptor, seen);
            return null;
        }
        if (action(options) != Action.READ) return null;
        String absolute = FollowedPaths.absolute(path);
        if (absolute == null) return null;
        Call.Denied denied = read(absolute, descriptor, seen);
        return denied == null ? null : refused(path, denied);
    }

    static FileNotFoundException notFound(String name, Call.Denied denied) {
        return new FileNotFoundException(name + " (" + denied.message() + ")");
    }

    private static FileSystemException refused(@Nullable Path path, Call.Denied denied) {
        return new FileSystemException(path == null ? null : path.toString(), null, denied.message());
    }

    /** What the options ask for; {@code null} when the JDK will refuse them. */
    private static @Nullable Action action(@Nullable Set<?> options) {
        if (options == null) return null;
        boolean write = false;
        boolean append = false;
        boolean anew = false;
        try {
            for (Object option : options) {
                if (option == StandardOpenOption.WRITE) write = true;
                else if (option == StandardOpenOption.APPEND) append = true;
                else if (option == StandardOpenOption.TRUNCATE_EXISTING || option == StandardOpenOption.CREATE_NEW) {
                    anew = true;
                }
            }
        } catch (RuntimeException e) {
            // An application's own kind of set.
            return null;
        }
        if (append) return Action.APPEND;
        if (!write) return Action.READ;
        return anew ? Action.WRITE : Action.UPDATE;
    }
}
