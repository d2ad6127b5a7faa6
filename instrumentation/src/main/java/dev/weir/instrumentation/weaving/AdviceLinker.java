package dev.weir.instrumentation.weaving;

import dev.weir.bootstrap.AdviceDispatcher;
import java.lang.invoke.CallSite;
import java.lang.invoke.ConstantCallSite;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Links the call sites of woven library classes to advice that lives beside the library.
 *
 * <p>Advice is ordinary Java against the library's own types, so it must be defined where those types are: in a class
 * loader whose parent is the library's loader. There is one for each library loader (and renaming). A woven class keeps
 * its advice alive through its linked call sites, and advice keeps its library's loader alive as its parent; this map
 * must therefore hold both weakly, or no class loader of the application could ever be collected.
 */
final class AdviceLinker implements AdviceDispatcher.Linker {

    private final Map<String, AdviceShape> shapes = new ConcurrentHashMap<>();
    private final Set<String> onBootLoader = ConcurrentHashMap.newKeySet();
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
        Class<?> shared = onBootLoader.contains(advice) ? BootLoader.find(advice.replace('.', '/')) : null;
        if (shared != null) return link(shared, name, type);
        AdviceClassLoader loader = loader(caller.lookupClass().getClassLoader(), renaming);
        Class<?> adviceClass = loader.loadClass(advice);
        MethodHandles.Lookup inside = MethodHandles.privateLookupIn(adviceClass, MethodHandles.lookup());
        // Where advice speaks of its adapter's own types, the call site says Object.
        MethodType declared =
                MethodType.fromMethodDescriptorString(shape(advice, renaming).descriptor(name), loader);
        return new ConstantCallSite(
                inside.findStatic(adviceClass, name, declared).asType(type));
    }

    private static CallSite link(Class<?> adviceClass, String name, MethodType type)
            throws ReflectiveOperationException {
        for (Method method : adviceClass.getDeclaredMethods()) {
            if (!method.getName().equals(name)) continue;
            return new ConstantCallSite(
                    MethodHandles.publicLookup().unreflect(method).asType(type));
        }
        throw new NoSuchMethodException(adviceClass.getName() + "." + name);
    }

    /**
     * Says that woven classes of the boot loader call this advice there. Where it also serves a library, it is the same
     * class, so that there is one of its state.
     */
    void shareOnBootLoader(String internalName) {
        onBootLoader.add(internalName.replace('/', '.'));
    }

    /** Which methods an advice class has. */
    AdviceShape shape(String advice, String renaming) {
        String key = advice + "|" + renaming;
        AdviceShape known = shapes.get(key);
        if (known != null) return known;
        // Threads that read it at the same time read the same.
        AdviceShape read = AdviceShape.read(classFiles.read(advice.replace('.', '/')), Renaming.of(renaming));
        shapes.put(key, read);
        return read;
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
