package dev.weir.instrumentation.springai;

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
abstract class Scoped<T> {

    private final @Nullable Object outside = Hooks.capture();
    private @Nullable Object before;
    private volatile @Nullable Object inside = outside;
    private @Nullable Call open;
    private boolean over;

    /** The facts of the scope that is open, or the next one. */
    abstract GenAiFacts facts();

    /** Something was heard. Must not throw. */
    abstract void heard(T item);

    /** Begins, on this thread. */
    final void begin() {
        before = Hooks.enter(outside);
        next();
    }

    /** The thread that called {@link #begin} goes on with what it did before. */
    final void leave() {
        Call left;
        synchronized (this) {
            left = open;
        }
        Hooks.leave(left);
        Hooks.exit(before);
    }

    /** The next scope begins on this thread, unless it is all over. */
    final synchronized void next() {
        if (over) return;
        open = Hooks.begin(facts());
        inside = Hooks.capture();
        if (open != null) Inside.put(identity());
    }

    /** A piece of a stream was heard. */
    final void piece(T item) {
        facts().chunk();
        heard(item);
    }

    /** What {@link Inside} knows this by. */
    Object identity() {
        return this;
    }

    /** The scope that is open ends; whatever comes next is in none, until there is a next one. */
    final synchronized void pause(@Nullable Throwable thrown) {
        Call ending = open;
        open = null;
        if (ending != null) Inside.over(inside);
        inside = outside;
        Hooks.end(ending, 0, thrown);
    }

    /** It is over. */
    final synchronized void end(@Nullable Throwable thrown) {
        if (over) return;
        over = true;
        pause(thrown);
    }

    /** What was around it when it began. */
    final @Nullable Object outside() {
        return outside;
    }

    /** The context of what belongs to it now. */
    final @Nullable Object inside() {
        return inside;
    }
}
