package dev.weir.instrumentation.shared.coroutines;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.InContext;
import dev.weir.instrumentation.shared.Lasting;
import java.util.function.Supplier;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;
import kotlinx.coroutines.flow.Flow;
import kotlinx.coroutines.flow.FlowCollector;
import org.jspecify.annotations.Nullable;

/**
 * A flow each collection of which is a scope: what makes its items runs in the scope, and what becomes of them does not.
 *
 * @param <T> the items
 */
public final class ScopedFlow<T> implements Flow<T> {

    private final Flow<? extends T> flow;
    private final Supplier<? extends Lasting<? super T>> scopes;
    private final @Nullable Object madeIn = Hooks.capture();

    /** @param scopes makes one that has not begun */
    public ScopedFlow(Flow<? extends T> flow, Supplier<? extends Lasting<? super T>> scopes) {
        this.flow = flow;
        this.scopes = scopes;
    }

    @Override
    public @Nullable Object collect(FlowCollector<? super T> collector, Continuation<? super Unit> continuation) {
        Continuation<Object> caller = untyped(continuation);
        Lasting<? super T> scope = Hooks.capture() == null && madeIn != null
                // A subscriber of another library may collect it on a thread of its own.
                ? InContext.get(madeIn, scopes, Supplier::get)
                : scopes.get();
        if (scope == null) return flow.collect(collector, continuation);
        scope.begin();
        Object result = null;
        Throwable thrown = null;
        try {
            Continuation<Object> inner = ScopedContinuation.of(scope, null, caller);
            if (inner == caller) result = flow.collect(collector, continuation);
            else result = flow.collect(new Collector<T>(collector, scope, caller, inner), inner);
            return result;
        } catch (Throwable t) {
            thrown = t;
            throw t;
        } finally {
            ScopedContinuation.returned(scope, null, result, thrown);
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // Whoever waits for a unit is resumed with one.
    private static Continuation<Object> untyped(Continuation<? super Unit> continuation) {
        return (Continuation) continuation;
    }

    private static final class Collector<T> implements FlowCollector<T> {

        private final FlowCollector<? super T> collector;
        private final Lasting<? super T> scope;
        private final Continuation<Object> caller;
        // Flows look at the context of each item, unless it is the very same as that of the item before.
        private CoroutineContext inside;
        private CoroutineContext outside;

        Collector(
                FlowCollector<? super T> collector,
                Lasting<? super T> scope,
                Continuation<Object> caller,
                Continuation<Object> inner) {
            this.collector = collector;
            this.scope = scope;
            this.caller = caller;
            inside = inner.getContext();
            outside = caller.getContext();
        }

        @Override
        public @Nullable Object emit(T item, Continuation<? super Unit> next) {
            scope.piece(item);
            CoroutineContext context = next.getContext();
            if (context != inside) {
                outside = CausalElement.like(context, caller.getContext());
                inside = context;
            }
            Object before = Hooks.enter(scope.outside());
            try {
                return collector.emit(item, new ContinuationInContext(untyped(next), outside, scope.inside()));
            } finally {
                Hooks.exit(before);
            }
        }
    }
}
