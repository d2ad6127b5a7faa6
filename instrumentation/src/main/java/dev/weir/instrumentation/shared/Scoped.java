package dev.weir.instrumentation.shared;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.bootstrap.Hooks;
import org.jspecify.annotations.Nullable;

/**
 * Something that begins on one thread and may end on any: scopes that follow each other, between which other things can
 * take place.
 *
 * @param <T> what is heard of while it goes on
 */
public abstract class Scoped<T> {

    private final @Nullable Object outside = Hooks.capture();
    private @Nullable Object before;
    private volatile @Nullable Object inside = outside;
    private @Nullable Object known;
    private @Nullable Call open;
    private boolean over;

    /** The facts of the scope that is open, or the next one. */
    protected abstract GenAiFacts facts();

    /** Something was heard. Must not throw. */
    public abstract void heard(T item);

    /** Begins, on this thread. */
    public final void begin() {
        before = Hooks.enter(outside);
        next();
    }

    /** The thread that called {@link #begin} goes on with what it did before. */
    public final void leave() {
        Call left;
        synchronized (this) {
            left = open;
        }
        Hooks.leave(left);
        Hooks.exit(before);
    }

    /** The next scope begins on this thread, unless it is all over. */
    public final synchronized void next() {
        if (over) return;
        open = Hooks.begin(facts());
        inside = Hooks.capture();
        if (open != null) known = Inside.put(identity());
    }

    /** A piece of a stream was heard. */
    public final void piece(T item) {
        facts().chunk();
        heard(item);
    }

    /** What {@link Inside} knows this by. */
    protected Object identity() {
        return this;
    }

    /** What it failed with, by what it threw or said before; {@code null} when all went well. */
    protected @Nullable Throwable failure(@Nullable Throwable thrown) {
        return thrown;
    }

    /** The error's code, when there is one: not all that fails throws. */
    protected @Nullable String code() {
        return null;
    }

    /** The scope that is open ends; whatever comes next is in none, until there is a next one. */
    public final synchronized void pause(@Nullable Throwable thrown) {
        Call ending = open;
        open = null;
        if (ending != null) Inside.over(known);
        inside = outside;
        Hooks.end(ending, 0, code(), failure(thrown));
    }

    /** It is over. */
    public final synchronized void end(@Nullable Throwable thrown) {
        if (over) return;
        over = true;
        pause(thrown);
    }

    /** What was around it when it began. */
    public final @Nullable Object outside() {
        return outside;
    }

    /** The context of what belongs to it now. */
    public final @Nullable Object inside() {
        return inside;
    }
}
