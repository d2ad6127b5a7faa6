package dev.weir.instrumentation.weaving;

import java.io.UncheckedIOException;

/** Defines advice beside a library: adapters from our class files, everything else from the library's loader. */
final class AdviceClassLoader extends ClassLoader {

    static {
        registerAsParallelCapable();
    }

    private static final String WEAVING = "dev.weir.instrumentation.weaving.";

    private final ClassLoader agentLoader;
    private final ClassFiles classFiles;
    private final Renaming renaming;

    AdviceClassLoader(ClassLoader library, ClassLoader agentLoader, ClassFiles classFiles, Renaming renaming) {
        super(library);
        this.agentLoader = agentLoader;
        this.classFiles = classFiles;
        this.renaming = renaming;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (name.startsWith(WEAVING)) return agentLoader.loadClass(name);
        String internalName = name.replace('.', '/');
        if (!ClassFiles.isAdvice(internalName)) return super.loadClass(name, resolve);
        synchronized (getClassLoadingLock(name)) {
            Class<?> defined = findLoadedClass(name);
            if (defined != null) return defined;
            byte[] classFile;
            try {
                classFile = renaming.apply(classFiles.read(internalName));
            } catch (WeavingException | UncheckedIOException e) {
                throw new ClassNotFoundException(name, e);
            }
            return defineClass(name, classFile, 0, classFile.length);
        }
    }
}
