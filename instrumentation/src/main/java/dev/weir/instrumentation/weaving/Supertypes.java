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
        // No JDK class that a library extends leads to a type worth weaving but that type's own package.
        if (name.startsWith("java/lang/") || name.startsWith("java/util/") || name.startsWith("java/io/")) return false;
        if (!seen.add(name)) return false;
        String resource = name + ".class";
        try (InputStream in = loader == null
                ? ClassLoader.getSystemResourceAsStream(resource)
                : loader.getResourceAsStream(resource)) {
            return in != null && isSubtype(new ClassReader(in), loader, supertype, seen, depth - 1);
        } catch (IOException | RuntimeException e) {
            // Not to be found, no class file, or a loader of the application that has trouble of its own.
            return false;
        }
    }
}
