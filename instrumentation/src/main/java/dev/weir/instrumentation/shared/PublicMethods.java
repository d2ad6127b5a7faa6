package dev.weir.instrumentation.shared;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * Method handles for a library that Weir cannot be compiled against: its class files are newer than Weir's, and so would
 * be a compiler that reads them. In constants, they cost what a call costs; what does not fit is known when the class is
 * loaded that has them.
 */
public final class PublicMethods {

    private static final MethodHandles.Lookup LOOKUP = MethodHandles.publicLookup();

    private final Class<?> adapter;
    private final String library;

    /**
     * @param adapter a class beside which the library is found
     * @param library for people
     */
    public PublicMethods(Class<?> adapter, String library) {
        this.adapter = adapter;
        this.library = library;
    }

    /** A class of the library. */
    public Class<?> type(String name) {
        try {
            return Class.forName(name, false, adapter.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw another(e);
        }
    }

    /** A class that not every version has. */
    public @Nullable Class<?> optional(String name) {
        try {
            return Class.forName(name, false, adapter.getClassLoader());
        } catch (ClassNotFoundException older) {
            return null;
        }
    }

    /** Calls one method without parameters after the other, each on what the one before returned; takes any object. */
    public MethodHandle path(Class<?> result, Class<?> from, String... names) {
        MethodHandle path = MethodHandles.identity(from);
        Class<?> at = from;
        for (String name : names) {
            MethodHandle next = method(at, name);
            path = MethodHandles.filterReturnValue(path, next.asType(next.type().changeParameterType(0, at)));
            at = next.type().returnType();
        }
        return erased(path, result, Object.class);
    }

    /** A public method; the receiver of one that is not static comes first. */
    public MethodHandle method(Class<?> of, String name, Class<?>... parameters) {
        try {
            Method found = of.getMethod(name, parameters);
            return LOOKUP.unreflect(found);
        } catch (ReflectiveOperationException e) {
            throw another(e);
        }
    }

    /** The handle with these types in place of the library's. */
    public static MethodHandle erased(MethodHandle handle, Class<?> result, Class<?>... parameters) {
        return handle.asType(MethodType.methodType(result, parameters));
    }

    private LinkageError another(ReflectiveOperationException cause) {
        return new LinkageError("another " + library + " than was tested: " + cause, cause);
    }
}
