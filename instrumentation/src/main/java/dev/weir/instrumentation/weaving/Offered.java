package dev.weir.instrumentation.weaving;

import dev.weir.bootstrap.WeakIdentityMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Which of the wanted classes the JVM has offered to be woven. Names are internal ones. */
final class Offered {

    private static final int LOADERS = 10_000;

    private final Set<String> onBootLoader = ConcurrentHashMap.newKeySet();
    private final WeakIdentityMap<Set<String>> elsewhere = new WeakIdentityMap<>(LOADERS);

    void add(@Nullable ClassLoader loader, String className) {
        Set<String> names = loader == null ? onBootLoader : elsewhere.get(loader);
        if (loader != null && names == null) {
            elsewhere.putIfAbsent(loader, ConcurrentHashMap.newKeySet());
            names = elsewhere.get(loader);
        }
        if (names != null) names.add(className);
    }

    boolean has(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        Set<String> names = loader == null ? onBootLoader : elsewhere.get(loader);
        return names != null && names.contains(type.getName().replace('.', '/'));
    }
}
