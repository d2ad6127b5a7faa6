package dev.weir.instrumentation.weaving;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;

/** Answers whether a class is a subtype of another by reading class files, so that nothing is loaded too early. */
final class Supertypes {

    private static final int DEPTH = 64;
    /** What is remembered of each loader's classes. Many extend the same few, and to read one means to unpack it. */
    private static final int MOST = 4_096;

    /** What a class file says of its class. */
    static final class Declared {

        private final String name;
        private final @Nullable String superName;
        private final String[] interfaces;

        private Declared(ClassReader reader) {
            this.name = reader.getClassName();
            this.superName = reader.getSuperName();
            this.interfaces = reader.getInterfaces();
        }
    }

    private final Map<@Nullable ClassLoader, Map<String, Declared>> known = new WeakHashMap<>();

    static Declared read(byte[] classFile) {
        return new Declared(new ClassReader(classFile));
    }

    boolean isSubtype(Declared type, @Nullable ClassLoader loader, String supertype) {
        return isSubtype(type, loader, supertype, new HashSet<>(), DEPTH);
    }

    /** Like {@link #isSubtype} for a supertype that is a class: most classes end at {@code Object}, and no file is read. */
    boolean isSubclass(Declared type, @Nullable ClassLoader loader, String superclass) {
        Declared at = type;
        for (int depth = DEPTH; depth > 0; depth--) {
            String superName = at.superName;
            if (superName == null || at.name.equals(superclass)) return superName != null;
            if (superName.equals(superclass)) return true;
            Declared above = ofNoInterest(superName) ? null : declared(superName, loader);
            if (above == null) return false;
            at = above;
        }
        return false;
    }

    private boolean isSubtype(
            Declared type, @Nullable ClassLoader loader, String supertype, Set<String> seen, int depth) {
        if (type.name.equals(supertype)) return true;
        for (String implemented : type.interfaces) {
            if (implemented.equals(supertype)) return true;
        }
        if (depth == 0) return false;
        if (type.superName != null && leadsTo(type.superName, loader, supertype, seen, depth)) return true;
        for (String implemented : type.interfaces) {
            if (leadsTo(implemented, loader, supertype, seen, depth)) return true;
        }
        return false;
    }

    private boolean leadsTo(String name, @Nullable ClassLoader loader, String supertype, Set<String> seen, int depth) {
        if (name.equals(supertype)) return true;
        if (ofNoInterest(name) || !seen.add(name)) return false;
        Declared type = declared(name, loader);
        return type != null && isSubtype(type, loader, supertype, seen, depth - 1);
    }

    /** No JDK class that a library extends leads to a type worth weaving but that type's own package. */
    private static boolean ofNoInterest(String name) {
        return name.startsWith("java/lang/") || name.startsWith("java/util/") || name.startsWith("java/io/");
    }

    /** What cannot be read now may be there later, and is looked for again. */
    private @Nullable Declared declared(String name, @Nullable ClassLoader loader) {
        synchronized (known) {
            Map<String, Declared> ofLoader = known.get(loader);
            Declared type = ofLoader == null ? null : ofLoader.get(name);
            if (type != null) return type;
        }
        // Not under a lock: the loader is the application's.
        Declared read = read(name, loader);
        if (read == null) return null;
        synchronized (known) {
            Map<String, Declared> ofLoader = known.get(loader);
            if (ofLoader == null || ofLoader.size() >= MOST) known.put(loader, ofLoader = new HashMap<>());
            ofLoader.put(name, read);
        }
        return read;
    }

    private static @Nullable Declared read(String name, @Nullable ClassLoader loader) {
        String resource = name + ".class";
        try (InputStream in = loader == null
                ? ClassLoader.getSystemResourceAsStream(resource)
                : loader.getResourceAsStream(resource)) {
            if (in == null) return null;
            ClassReader reader = new ClassReader(in);
            // A spoilt header fails here, and not on the way.
            return reader.getClassName() == null || reader.getInterfaces() == null ? null : new Declared(reader);
        } catch (IOException | RuntimeException e) {
            // Not to be found, no class file, or a loader of the application that has trouble of its own.
            return null;
        }
    }
}
