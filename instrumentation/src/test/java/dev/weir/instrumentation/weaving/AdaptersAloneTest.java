package dev.weir.instrumentation.weaving;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.instrumentation.Instrumentations;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassReader;

/**
 * Adapters where no library is, as in most programs: a method of an adapter's main class that handles a library's types is
 * verified with the adapter, and stops Weir before it has begun.
 */
class AdaptersAloneTest {

    @Test
    void everyAdapterSaysWhereItIsWoven() throws Exception {
        URL[] onlyOurs = {locationOf(Instrumentations.class), locationOf(ClassReader.class)};
        try (URLClassLoader alone = new URLClassLoader(onlyOurs, ClassLoader.getPlatformClassLoader())) {
            List<?> adapters = (List<?>) alone.loadClass(Instrumentations.class.getName())
                    .getMethod("all")
                    .invoke(null);
            assertEquals(Instrumentations.all().size(), adapters.size());
            Class<?> weaving = alone.loadClass(Weaving.class.getName());
            Constructor<?> weavingFor = weaving.getDeclaredConstructor(Class.class);
            weavingFor.setAccessible(true);
            Class<?> type = alone.loadClass(Instrumentation.class.getName());
            Method weave = type.getMethod("weave", weaving);
            Method ownTracers = type.getMethod("ownTracers");
            for (Object adapter : adapters) {
                assertDoesNotThrow(
                        () -> {
                            weave.invoke(adapter, weavingFor.newInstance(adapter.getClass()));
                            ownTracers.invoke(adapter);
                        },
                        () -> adapter.getClass().getName());
            }
        }
    }

    private static URL locationOf(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }
}
