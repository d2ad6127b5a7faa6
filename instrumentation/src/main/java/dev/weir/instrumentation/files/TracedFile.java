package dev.weir.instrumentation.files;

import dev.weir.bootstrap.FileFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file on which a {@code traceparent} can be left. */
abstract class TracedFile extends FileFacts {

    private @Nullable String traceparent;
    private WriterTraceparent.Left left = WriterTraceparent.Left.NOWHERE;

    TracedFile(Action action, String path) {
        super(FilesInstrumentation.NAME, action, path);
    }

    @Override
    public final boolean leaveTraceparent(String value) {
        if (action() == Action.READ || action() == Action.DELETE || !WriterTraceparent.acceptable(value)) return false;
        traceparent = value;
        return true;
    }

    @Override
    public final boolean traceparentLeft() {
        return left == WriterTraceparent.Left.ON_FILE;
    }

    @Override
    public final boolean traceparentRefused() {
        return left == WriterTraceparent.Left.IN_MEMORY;
    }

    @Override
    public final @Nullable String fileSystemType() {
        String target = target();
        try {
            Path file = Path.of(target == null ? path() : target);
            // The default file system may be an application's.
            return FollowedPaths.isOfTheJdk(file) ? Files.getFileStore(file).type() : null;
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    /** What is to be left on the file. */
    final @Nullable String traceparent() {
        return traceparent;
    }

    final void left(WriterTraceparent.Left where) {
        left = where;
    }
}
