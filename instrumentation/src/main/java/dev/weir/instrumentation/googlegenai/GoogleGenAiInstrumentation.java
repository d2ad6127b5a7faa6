package dev.weir.instrumentation.googlegenai;

import dev.weir.instrumentation.shared.RetryLoop;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Objects;
import okhttp3.Interceptor;
import org.jspecify.annotations.Nullable;

/** Google's Gen AI SDK, which retries in an OkHttp interceptor. */
public final class GoogleGenAiInstrumentation implements Instrumentation {

    @Override
    public String name() {
        return "google-genai";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type("com.google.genai.RetryInterceptor")
                .exactly("intercept", "Intercept", "okhttp3.Interceptor$Chain");
    }

    static final class Intercept {

        // Versions of OkHttp differ in the methods of a chain.
        static Interceptor.Chain argument0(Object interceptor, Interceptor.Chain chain) {
            return (Interceptor.Chain) Proxy.newProxyInstance(
                    Interceptor.Chain.class.getClassLoader(),
                    new Class<?>[] {Interceptor.Chain.class},
                    new Tries(chain));
        }
    }

    /** The chain, of which each {@code proceed} is a try. */
    static final class Tries implements InvocationHandler {

        private final RetryLoop loop = new RetryLoop("google-genai", "google-genai");
        private final Interceptor.Chain chain;

        Tries(Interceptor.Chain chain) {
            this.chain = chain;
        }

        @Override
        public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
                throws Throwable {
            if (!method.getName().equals("proceed")) return call(method, arguments);
            return loop.attempt(() -> Objects.requireNonNull(call(method, arguments)));
        }

        private @Nullable Object call(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
            try {
                return method.invoke(chain, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }
    }
}
