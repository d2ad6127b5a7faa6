package dev.weir.instrumentation.weaving;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;

/** Answers whether a class is a subtype of another by reading class files, so that nothing is loaded too early. */
final class Supertypes {

    private static final int DEPTH = 64;

    private Supertypes() {}

    static boolean isSubtype(byte[] classFile, @Nullable ClassLoader loader, String supertype) {
        return isSubtype(new ClassReader(classFile), loader, supertype, new HashSet<>(), DEPTH);
    }

    /** Like {@link #isSubtype} for a supertype that is a class: most classes end at {@code Object}, and no file is read. */
    static boolean isSubclass(byte[] classFile, @Nullable ClassLoader loader, String superclass) {
        ClassReader reader = new ClassReader(classFile);
        for (int depth = DEPTH; depth > 0; depth--) {
            String superName = reader.getSuperName();
            if (superName == null || reader.getClassName().equals(superclass)) return superName != null;
            if (superName.equals(superclass)) return true;
            ClassReader above = ofNoInterest(superName) ? null : read(superName, loader);
            if (above == null) return false;
            reader = above;
        }
        return false;
    }

    private static boolean isSubtype(
            ClassReader reader, @Nullable ClassLoader loader, String supertype, Set<String> seen, int depth) {
        if (reader.getClassName().equals(supertype)) return true;
        for (String implemented : reader.getInterfaces()) {
            if (implemented.equals(supertype)) return true;
        }
        if (depth == 0) return false;
        String superName = reader.getSuperName();
        if (superName != null && leadsTo(superName, loader, supertype, seen, depth)) return true;
        for (String implemented : reader.getInterfaces()) {
            if (leadsTo(implemented, loader, supertype, seen, depth)) return true;
        }
        return false;
    }

    private static boolean leadsTo(
            String name, @Nullable ClassLoader loader, String supertype, Set<String> seen, int depth) {
        if (name.equals(supertype)) return true;
        if (ofNoInterest(name) || !seen.add(name)) return false;
        ClassReader reader = read(name, loader);
        return reader != null && isSubtype(reader, loader, supertype, seen, depth - 1);
    }

    /** No JDK class that a library extends leads to a type worth weaving but that type's own package. */
    private static boolean ofNoInterest(String name) {
        return name.startsWith("java/lang/") || name.startsWith("java/util/") || name.startsWith("java/io/");
    }

    private static @Nullable ClassReader read(String name, @Nullable ClassLoader loader) {
        String resource = name + ".class";
        try (InputStream in = loader == null
                ? ClassLoader.getSystemResourceAsStream(resource)
                : loader.getResourceAsStream(resource)) {
            if (in == null) return null;
            ClassReader reader = new ClassReader(in);
            // A spoilt header fails here, and not on the way.
            return reader.getClassName() == null || reader.getInterfaces() == null ? null : reader;
        } catch (IOException | RuntimeException e) {
            // Not to be found, no class file, or a loader of the application that has trouble of its own.
            return null;
        }
    }
}
