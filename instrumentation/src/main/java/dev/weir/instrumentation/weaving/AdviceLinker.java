package dev.weir.instrumentation.weaving;

import dev.weir.bootstrap.AdviceDispatcher;
import java.lang.invoke.CallSite;
import java.lang.invoke.ConstantCallSite;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * Links the call sites of woven library classes to advice that lives beside the library.
 *
 * <p>Advice is ordinary Java against the library's own types, so it must be defined where those types are: in a class
 * loader whose parent is the library's loader. There is one for each library loader (and renaming). A woven class keeps
 * its advice alive through its linked call sites, and advice keeps its library's loader alive as its parent; this map
 * must therefore hold both weakly, or no class loader of the application could ever be collected.
 */
final class AdviceLinker implements AdviceDispatcher.Linker {

    private final ClassFiles classFiles;
    private final ClassLoader agentLoader;
    private final Map<ClassLoader, Map<String, WeakReference<AdviceClassLoader>>> loaders = new WeakHashMap<>();

    AdviceLinker(ClassLoader agentLoader) {
        this.classFiles = new ClassFiles(agentLoader);
        this.agentLoader = agentLoader;
    }

    @Override
    public CallSite link(MethodHandles.Lookup caller, String name, MethodType type, String advice, String renaming)
            throws ReflectiveOperationException {
        AdviceClassLoader loader = loader(caller.lookupClass().getClassLoader(), renaming);
        // Advice that also serves classes of the JDK has its state on the boot loader: there must be one of it.
        Class<?> onBootLoader = BootLoader.find(advice);
        Class<?> adviceClass = onBootLoader == null ? loader.loadClass(advice) : onBootLoader;
        MethodHandles.Lookup inside = MethodHandles.privateLookupIn(adviceClass, MethodHandles.lookup());
        // Where advice speaks of its adapter's own types, the call site says Object.
        AdviceShape shape = AdviceShape.read(classFiles.read(advice.replace('.', '/')), Renaming.of(renaming));
        MethodType declared = MethodType.fromMethodDescriptorString(shape.descriptor(name), loader);
        return new ConstantCallSite(
                inside.findStatic(adviceClass, name, declared).asType(type));
    }

    private AdviceClassLoader loader(ClassLoader library, String renaming) {
        synchronized (loaders) {
            Map<String, WeakReference<AdviceClassLoader>> ofLibrary =
                    loaders.computeIfAbsent(library, absent -> new HashMap<>());
            WeakReference<AdviceClassLoader> known = ofLibrary.get(renaming);
            AdviceClassLoader loader = known == null ? null : known.get();
            if (loader == null) {
                loader = new AdviceClassLoader(library, agentLoader, classFiles, Renaming.of(renaming));
                ofLibrary.put(renaming, new WeakReference<>(loader));
            }
            return loader;
        }
    }
}
