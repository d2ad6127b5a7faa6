package dev.weir.instrumentation.kotlincoroutines;

import dev.weir.bootstrap.Hooks;
import kotlin.coroutines.AbstractCoroutineContextElement;
import kotlin.coroutines.CoroutineContext;
import kotlinx.coroutines.ThreadContextElement;
import org.jspecify.annotations.Nullable;

/** The causal context of a coroutine, which is put on each thread for as long as the coroutine runs there. */
final class CausalElement extends AbstractCoroutineContextElement implements ThreadContextElement<@Nullable Object> {

    /** What it is found by. */
    static final Key KEY = new Key();

    private static final Object AS_IT_WAS = new Object();

    private final Object context;

    CausalElement(Object context) {
        super(KEY);
        this.context = context;
    }

    boolean isOf(Object other) {
        return context == other;
    }

    @Override
    public @Nullable Object updateThreadContext(CoroutineContext coroutine) {
        // A call that is open here knows its inner half only as long as it is left alone.
        return Hooks.capture() == context ? AS_IT_WAS : Hooks.enter(context);
    }

    @Override
    public void restoreThreadContext(CoroutineContext coroutine, @Nullable Object before) {
        if (before != AS_IT_WAS) Hooks.exit(before);
    }

    @Override
    public String toString() {
        return "weir";
    }

    private static final class Key implements CoroutineContext.Key<CausalElement> {}
}
