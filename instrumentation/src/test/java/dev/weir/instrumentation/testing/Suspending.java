package dev.weir.instrumentation.testing;

import java.util.List;
import kotlin.ResultKt;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.intrinsics.IntrinsicsKt;
import kotlin.coroutines.jvm.internal.ContinuationImpl;
import kotlin.jvm.functions.Function2;
import org.jspecify.annotations.Nullable;

/**
 * A suspending function of one parameter as the Kotlin compiler writes it: steps, one after the other, each of which may
 * suspend and ends where the function is resumed.
 *
 * @param <P> its parameter, such as a scope or the collector of a flow
 */
public final class Suspending<P> implements Function2<P, Continuation<? super Object>, Object> {

    /** What lies between two suspensions. */
    public interface Step<P> {

        /**
         * Goes on.
         *
         * @param result of the step before
         * @param next is resumed with the result of this step when it suspends
         */
        @Nullable
        Object run(P parameter, @Nullable Object result, Continuation<Object> next) throws Throwable;
    }

    private final List<Step<P>> steps;
    private final Runnable lastly;

    private Suspending(List<Step<P>> steps, Runnable lastly) {
        this.steps = steps;
        this.lastly = lastly;
    }

    /** A function of these steps. */
    @SafeVarargs
    public static <P> Suspending<P> of(Step<P>... steps) {
        return new Suspending<>(List.of(steps), () -> {});
    }

    /** The same with a {@code finally}. */
    public Suspending<P> lastly(Runnable action) {
        return new Suspending<>(steps, action);
    }

    /** The function as another type of it, for APIs that promise what comes out. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    public <T> Function2<P, Continuation<? super T>, Object> typed() {
        return (Function2) this;
    }

    @Override
    public @Nullable Object invoke(P parameter, Continuation<? super Object> caller) {
        return new Machine(parameter, caller).invokeSuspend(Unit.INSTANCE);
    }

    private final class Machine extends ContinuationImpl {

        private final P parameter;
        private int done;

        @SuppressWarnings({"unchecked", "rawtypes"})
        Machine(P parameter, Continuation<? super Object> caller) {
            super((Continuation) caller);
            this.parameter = parameter;
        }

        @Override
        protected @Nullable Object invokeSuspend(@Nullable Object resumedWith) {
            Object result = resumedWith;
            boolean suspended = false;
            try {
                ResultKt.throwOnFailure(result);
                while (done < steps.size()) {
                    result = steps.get(done++).run(parameter, result, self());
                    suspended = result == IntrinsicsKt.getCOROUTINE_SUSPENDED();
                    if (suspended) return result;
                }
                return result;
            } catch (Throwable t) {
                throw Suspending.<RuntimeException>sneaky(t);
            } finally {
                if (!suspended) lastly.run();
            }
        }

        @SuppressWarnings({"unchecked", "rawtypes"})
        private Continuation<Object> self() {
            return (Continuation) this;
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T sneaky(Throwable thrown) throws T {
        throw (T) thrown;
    }
}
