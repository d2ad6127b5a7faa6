package dev.weir.instrumentation.failsafe;

import dev.failsafe.spi.AsyncExecutionInternal;
import dev.failsafe.spi.ExecutionResult;
import dev.failsafe.spi.SyncExecutionInternal;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.InContext;
import dev.weir.instrumentation.shared.RetryLoop;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Failsafe's {@code RetryPolicy}, blocking and asynchronous. */
public final class FailsafeInstrumentation implements Instrumentation {

    @Override
    public String name() {
        return "failsafe";
    }

    @Override
    public void weave(Weaving weaving) {
        // Both are called once for each execution, to compose what its policies do.
        weaving.type("dev.failsafe.internal.RetryPolicyExecutor")
                .method("apply", "Sync", "java.util.function.Function")
                .method("applyAsync", "Async", "java.util.function.Function");
        weaving.type("dev.failsafe.Functions").method("toAsync", "Scheduled", "java.util.function.Function");
    }

    static final class Sync {

        static <R> Function<SyncExecutionInternal<R>, ExecutionResult<R>> argument0(
                Object executor, Function<SyncExecutionInternal<R>, ExecutionResult<R>> inner) {
            RetryLoop loop = loop();
            return execution -> loop.attempt(() -> inner.apply(execution), Results::failure);
        }
    }

    static final class Async {

        static <R> Function<AsyncExecutionInternal<R>, CompletableFuture<ExecutionResult<R>>> argument0(
                Object executor, Function<AsyncExecutionInternal<R>, CompletableFuture<ExecutionResult<R>>> inner) {
            RetryLoop loop = loop();
            return execution -> loop.attempt(() -> inner.apply(execution), Results::failure);
        }
    }

    /** Called once for each execution too. What it returns only schedules the first try of the inner function. */
    static final class Scheduled {

        static Context enter() {
            return new Context();
        }

        static <R> Function<AsyncExecutionInternal<R>, CompletableFuture<ExecutionResult<R>>> argument0(
                Context context, Function<AsyncExecutionInternal<R>, CompletableFuture<ExecutionResult<R>>> inner) {
            return execution -> {
                Object captured = context.captured;
                if (captured == null) return inner.apply(execution);
                return InContext.get(captured, inner, execution, Function::apply);
            };
        }

        static <R> Function<AsyncExecutionInternal<R>, CompletableFuture<ExecutionResult<R>>> exit(
                Context context,
                Function<AsyncExecutionInternal<R>, CompletableFuture<ExecutionResult<R>>> scheduling) {
            return execution -> {
                context.captured = Hooks.capture();
                return scheduling.apply(execution);
            };
        }
    }

    /** What the tries of an execution, one after the other, were caused by. */
    static final class Context {

        volatile @Nullable Object captured;
    }

    static RetryLoop loop() {
        return new RetryLoop("failsafe", "failsafe").causedHere();
    }

    /** What a try failed with is in its result. */
    static final class Results {

        private static final MethodHandle FAILURE = find();

        private Results() {}

        // Renamed in 3.2.
        private static MethodHandle find() {
            MethodType type = MethodType.methodType(Throwable.class);
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            try {
                return lookup.findVirtual(ExecutionResult.class, "getException", type);
            } catch (ReflectiveOperationException e) {
                try {
                    return lookup.findVirtual(ExecutionResult.class, "getFailure", type);
                } catch (ReflectiveOperationException older) {
                    throw new IllegalStateException(older);
                }
            }
        }

        static @Nullable Throwable failure(@Nullable Object result) {
            if (!(result instanceof ExecutionResult<?> ended)) return null;
            try {
                return (Throwable) FAILURE.invoke(ended);
            } catch (Throwable t) {
                return null;
            }
        }
    }
}
