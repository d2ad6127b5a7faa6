package dev.weir.instrumentation.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.FileFacts.Action;
import dev.weir.bootstrap.Hooks;
import java.io.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

/** More open files than anybody has, without opening one: in a copy of the adapter that nothing is woven with. */
class OpenFilesTest extends FilesTest {

    private static final int LIMIT = 8192;

    @Test
    void aFloodOfOpenFilesIsBoundedAndNoneIsForgotten() throws Exception {
        woven.agent().ignore(facts -> false);
        IntSupplier flood = (IntSupplier) new Copy()
                .loadClass(Flood.class.getName())
                .getDeclaredConstructor()
                .newInstance();
        assertEquals(LIMIT, flood.getAsInt());
        assertEquals(1000, ends());
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (flood.getAsInt() > 0 && System.nanoTime() < deadline) System.gc();
        assertEquals(LIMIT + 1000, ends());
    }

    private long ends() {
        return events().stream().filter(event -> event.startsWith("end")).count();
    }

    /** The first time opens too many files, says how many are followed, and drops them; then says whether any is. */
    public static final class Flood implements IntSupplier {

        private boolean done;

        @Override
        public int getAsInt() {
            if (done) {
                OpenFiles.sweep();
                return OpenFiles.none() ? 0 : 1;
            }
            done = true;
            List<FileDescriptor> open = new ArrayList<>();
            for (int i = 0; i < LIMIT + 1000; i++) {
                FileDescriptor descriptor = new FileDescriptor();
                open.add(descriptor);
                OpenFile file = new OpenFile(Action.WRITE, "/flood/" + i);
                Call call = Hooks.begin(file);
                if (call == null) throw new AssertionError("not followed");
                file.begun(call);
                Hooks.leave(call);
                OpenFiles.add(descriptor, file);
            }
            int followed = 0;
            for (FileDescriptor descriptor : open) if (OpenFiles.of(descriptor) != null) followed++;
            return followed;
        }
    }

    /** Loads this package again. */
    private static final class Copy extends ClassLoader {

        Copy() {
            super(OpenFilesTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("dev.weir.instrumentation.files.")) return super.loadClass(name, resolve);
            Class<?> known = findLoadedClass(name);
            if (known != null) return known;
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (in == null) throw new ClassNotFoundException(name);
                byte[] classFile = in.readAllBytes();
                return defineClass(name, classFile, 0, classFile.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
