package dev.weir.instrumentation.shared.coroutines;

import dev.weir.bootstrap.Hooks;
import kotlin.coroutines.AbstractCoroutineContextElement;
import kotlin.coroutines.ContinuationInterceptor;
import kotlin.coroutines.CoroutineContext;
import kotlinx.coroutines.CoroutineDispatcher;
import kotlinx.coroutines.ThreadContextElement;
import org.jspecify.annotations.Nullable;

/** The causal context of a coroutine, which is put on each thread for as long as the coroutine runs there. */
public final class CausalElement extends AbstractCoroutineContextElement
        implements ThreadContextElement<@Nullable Object> {

    private static final Key KEY = new Key();

    private static final Object AS_IT_WAS = new Object();

    private final Object causal;

    private CausalElement(Object causal) {
        super(KEY);
        this.causal = causal;
    }

    /** The coroutine's context with this causal context, {@code null} being none. */
    public static CoroutineContext in(CoroutineContext context, @Nullable Object causal) {
        if (causal == null) return context.minusKey(KEY);
        CausalElement present = context.get(KEY);
        // The same one where it is the same: flows compare the elements around them by identity.
        return present != null && present.causal == causal ? context : context.plus(new CausalElement(causal));
    }

    /** The coroutine's context with the causal context of another one, if it has any. */
    public static CoroutineContext like(CoroutineContext context, CoroutineContext other) {
        CausalElement wanted = other.get(KEY);
        if (context.get(KEY) == wanted) return context;
        return wanted == null ? context.minusKey(KEY) : context.plus(wanted);
    }

    /** Whether a dispatcher has put the causal context of a coroutine with this context on this thread. */
    static boolean isOnThisThread(CoroutineContext context) {
        CausalElement element = context.get(KEY);
        return element != null
                && element.causal == Hooks.capture()
                && context.get(ContinuationInterceptor.Key) instanceof CoroutineDispatcher;
    }

    @Override
    public @Nullable Object updateThreadContext(CoroutineContext coroutine) {
        // A call that is open here knows its inner half only as long as it is left alone.
        return Hooks.capture() == causal ? AS_IT_WAS : Hooks.enter(causal);
    }

    @Override
    public void restoreThreadContext(CoroutineContext coroutine, @Nullable Object before) {
        if (before != AS_IT_WAS) Hooks.exit(before);
        // A caller outside of it has gone on meanwhile.
        else if (Hooks.capture() != causal) Hooks.enter(causal);
    }

    @Override
    public String toString() {
        return "weir";
    }

    private static final class Key implements CoroutineContext.Key<CausalElement> {}
}
