package dev.weir.instrumentation.shared;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.bootstrap.Hooks;
import org.jspecify.annotations.Nullable;

/**
 * A run, or a call of a model, a tool or a memory, that begins on one thread and may end on any.
 *
 * @param <T> what is heard of while it goes on
 */
public abstract class Scoped<T> extends Lasting<T> {

    /** The facts of the scope that is open, or the next one. */
    protected abstract GenAiFacts facts();

    @Override
    protected final @Nullable Call start() {
        return Hooks.begin(facts());
    }

    @Override
    public final void piece(T item) {
        facts().chunk();
        heard(item);
    }
}
