package dev.weir.instrumentation.weaving;

import dev.weir.bootstrap.Hooks;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.Method;
import java.security.ProtectionDomain;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Defines classes on the boot loader, one by one.
 *
 * <p>Appending a jar to the boot class path would do the same, but prints a JVM warning on the application's standard
 * output and costs the application its class-data archive.
 */
public final class BootLoader {

    private final Instrumentation instrumentation;
    private final Object unsafe;
    private final Method defineClass;

    /** @throws ReflectiveOperationException when this JDK has no internal {@code Unsafe.defineClass} */
    public BootLoader(Instrumentation instrumentation) throws ReflectiveOperationException {
        this.instrumentation = instrumentation;
        instrumentation.redefineModule(
                Object.class.getModule(),
                Set.of(),
                Map.of("jdk.internal.misc", Set.of(BootLoader.class.getModule())),
                Map.of(),
                Set.of(),
                Map.of());
        Class<?> type = Class.forName("jdk.internal.misc.Unsafe");
        unsafe = type.getMethod("getUnsafe").invoke(null);
        defineClass = type.getMethod(
                "defineClass",
                String.class,
                byte[].class,
                int.class,
                int.class,
                ClassLoader.class,
                ProtectionDomain.class);
    }

    /** Lets what is defined here reach into packages of {@code java.base}. */
    void open(Set<String> packages) {
        if (packages.isEmpty()) return;
        Map<String, Set<Module>> opens = new HashMap<>();
        for (String name : packages) opens.put(name, Set.of(Hooks.class.getModule()));
        instrumentation.redefineModule(Object.class.getModule(), Set.of(), Map.of(), opens, Set.of(), Map.of());
    }

    /** Defines a class whose superclass and interfaces are already there. One that exists already is left alone. */
    public void define(String internalName, byte[] classFile) throws ReflectiveOperationException {
        if (find(internalName) != null) return;
        defineClass.invoke(unsafe, internalName, classFile, 0, classFile.length, null, null);
    }

    /** The class of that name on the boot loader. */
    public static @Nullable Class<?> find(String internalName) {
        try {
            return Class.forName(internalName.replace('/', '.'), false, null);
        } catch (ClassNotFoundException e) {
            return null;
        }
    }
}
