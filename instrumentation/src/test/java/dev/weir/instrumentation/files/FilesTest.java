package dev.weir.instrumentation.files;

import dev.weir.bootstrap.FileFacts;
import dev.weir.instrumentation.testing.Woven;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Follows what happens to the files in one directory. */
abstract class FilesTest {

    @RegisterExtension
    final Woven woven = new Woven(new FilesInstrumentation());

    @TempDir
    Path dir;

    @BeforeEach
    void followOnlyTheDirectory() {
        String prefix = dir + "/";
        woven.agent().ignore(facts -> !((FileFacts) facts).path().startsWith(prefix));
    }

    final List<String> events() {
        return woven.agent().events();
    }

    final FileFacts facts(int index) {
        return (FileFacts) woven.agent().begun().get(index);
    }

    /** Does something outside every run. */
    final <T> T unfollowed(Callable<T> action) throws Exception {
        woven.agent().follow(false);
        try {
            return action.call();
        } finally {
            woven.agent().follow(true);
        }
    }
}
