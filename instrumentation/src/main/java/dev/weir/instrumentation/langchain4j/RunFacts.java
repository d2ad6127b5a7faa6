package dev.weir.instrumentation.langchain4j;

import dev.weir.bootstrap.GenAiFacts;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** A call of an AI service. */
final class RunFacts extends GenAiFacts {

    private static final String MEMORY_ID = "dev.langchain4j.service.MemoryId";
    private static final String MEMORY_ACCESS = "dev.langchain4j.service.memory.ChatMemoryAccess";

    private final Method method;
    private final Object @Nullable [] arguments;

    RunFacts(Object proxy, Method method, Object @Nullable [] arguments) {
        super(Kind.RUN, "langchain4j", service(proxy, method));
        this.method = method;
        this.arguments = arguments;
    }

    /** Whether it asks a model: what every object can do, what the interface itself does, and the memory do not. */
    static boolean isRun(Method method) {
        Class<?> declaring = method.getDeclaringClass();
        return declaring != Object.class
                && !method.isDefault()
                && !declaring.getName().equals(MEMORY_ACCESS);
    }

    private static String service(Object proxy, Method method) {
        Class<?>[] services = proxy.getClass().getInterfaces();
        return (services.length == 0 ? method.getDeclaringClass() : services[0]).getSimpleName();
    }

    @Override
    public Object[] arguments() {
        return new Object[] {method.getName(), arguments == null ? new Object[0] : arguments};
    }

    @Override
    public @Nullable String conversation() {
        return memoryId(method, arguments);
    }

    /** The argument that the application calls the memory's id. */
    static @Nullable String memoryId(Method method, Object @Nullable [] arguments) {
        if (arguments == null) return null;
        Annotation[][] annotations = method.getParameterAnnotations();
        for (int i = 0; i < annotations.length && i < arguments.length; i++) {
            for (Annotation annotation : annotations[i]) {
                if (annotation.annotationType().getName().equals(MEMORY_ID)) return MemoryFacts.id(arguments[i]);
            }
        }
        return null;
    }

    /** Whether it returns before the model has answered. */
    static boolean isStream(Method method) {
        return method.getReturnType().getName().equals("dev.langchain4j.service.TokenStream");
    }
}
