package dev.weir.instrumentation.weaving;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Reads our own class files. */
final class ClassFiles {

    private static final String OURS = "dev/weir/instrumentation/";
    private static final String WEAVING = "dev/weir/instrumentation/weaving/";

    private final ClassLoader loader;

    ClassFiles(ClassLoader loader) {
        this.loader = loader;
    }

    /** Whether a class belongs to an adapter, and so is defined wherever its advice is needed. */
    static boolean isAdvice(String internalName) {
        return internalName.startsWith(OURS) && !internalName.startsWith(WEAVING);
    }

    /** @throws WeavingException when there is no such class */
    byte[] read(String internalName) {
        try (InputStream in = loader.getResourceAsStream(internalName + ".class")) {
            if (in == null) throw new WeavingException("no class file of " + internalName);
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the class file of " + internalName, e);
        }
    }
}
