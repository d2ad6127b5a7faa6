package dev.weir.instrumentation.weaving;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Reads our own class files. */
final class ClassFiles {

    private final ClassLoader loader;

    ClassFiles(ClassLoader loader) {
        this.loader = loader;
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
