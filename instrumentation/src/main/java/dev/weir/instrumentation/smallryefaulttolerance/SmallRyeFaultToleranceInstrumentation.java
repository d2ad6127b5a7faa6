package dev.weir.instrumentation.smallryefaulttolerance;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.WeakIdentityMap;
import dev.weir.instrumentation.shared.RetryLoop;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import io.smallrye.faulttolerance.core.Completer;
import io.smallrye.faulttolerance.core.FaultToleranceStrategy;
import io.smallrye.faulttolerance.core.Future;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The retries of SmallRye Fault Tolerance, blocking and asynchronous: {@code @Retry} and the programmatic guards. */
public final class SmallRyeFaultToleranceInstrumentation implements Instrumentation {

    private static final String CORE = "io.smallrye.faulttolerance.core.";

    @Override
    public String name() {
        return "smallrye-fault-tolerance";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type(CORE + "retry.Retry")
                .method("<init>", "Wrap", CORE + "FaultToleranceStrategy")
                .method("apply", "Apply", CORE + "FaultToleranceContext")
                // Until 6.4, and the same for stages.
                .method("apply", "Apply", CORE + "InvocationContext");
        weaving.type(CORE + "retry.CompletionStageRetry").method("apply", "Apply", CORE + "InvocationContext");
    }

    /** The loops of the calls that are being made; each call has a context of its own. */
    static final WeakIdentityMap<RetryLoop> LOOPS = new WeakIdentityMap<>(1 << 16);

    static final class Apply {

        static void enter(Object retry, Object context) {
            LOOPS.put(context, new RetryLoop("smallrye-fault-tolerance", "smallrye-fault-tolerance").causedHere());
        }
    }

    static final class Wrap {

        // Its one method has another signature in old versions.
        static FaultToleranceStrategy<?> argument0(FaultToleranceStrategy<?> tried) {
            return (FaultToleranceStrategy<?>) Proxy.newProxyInstance(
                    FaultToleranceStrategy.class.getClassLoader(),
                    new Class<?>[] {FaultToleranceStrategy.class},
                    new Tries(tried));
        }
    }

    /** The strategies that are retried, a try each time. */
    static final class Tries implements InvocationHandler {

        private final FaultToleranceStrategy<?> tried;

        Tries(FaultToleranceStrategy<?> tried) {
            this.tried = tried;
        }

        @Override
        public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
                throws Throwable {
            Object context = method.getName().equals("apply") && arguments != null ? arguments[0] : null;
            RetryLoop loop = context == null ? null : LOOPS.get(context);
            if (loop == null) return call(method, arguments);
            // What a guarded method returns, a result or a stage; from 6.5 on always a future of the library's own.
            return method.getReturnType() == Object.class
                    ? loop.attempt(() -> call(method, arguments))
                    : Futures.attempt(loop, () -> call(method, arguments));
        }

        // A guarded method may return null, which goes through as it is.
        @SuppressWarnings("NullAway")
        private Object call(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
            try {
                return method.invoke(tried, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }
    }

    /** What old versions do not have. */
    static final class Futures {

        private Futures() {}

        static @Nullable Object attempt(RetryLoop loop, RetryLoop.Action<Object, Throwable> action) throws Throwable {
            AtomicReference<@Nullable Object> result = new AtomicReference<>();
            AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
            loop.start(call -> {
                try {
                    result.set(ending(action.run(), call));
                } catch (Throwable t) {
                    Hooks.end(call, 0, t);
                    thrown.set(t);
                }
            });
            if (thrown.get() != null) throw thrown.get();
            return result.get();
        }

        // A future can be listened to once.
        private static Object ending(Object result, @Nullable Call call) {
            if (call == null || !(result instanceof Future<?>)) {
                Hooks.end(call, 0, null);
                return result;
            }
            @SuppressWarnings("unchecked")
            Future<Object> tried = (Future<Object>) result;
            Completer<Object> completer = Completer.create();
            completer.onCancel(tried::cancel);
            tried.then((value, error) -> {
                Hooks.end(call, 0, error);
                if (error == null) completer.complete(value);
                else completer.completeWithError(error);
            });
            return completer.future();
        }
    }
}
