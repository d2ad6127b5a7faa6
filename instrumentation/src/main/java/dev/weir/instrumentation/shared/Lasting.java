package dev.weir.instrumentation.shared;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import org.jspecify.annotations.Nullable;

/**
 * Something that begins on one thread and may end on any: calls that follow each other, between which other things can
 * take place.
 *
 * @param <T> what is heard of while it goes on
 */
public abstract class Lasting<T> {

    private final @Nullable Object outside = Hooks.capture();
    private @Nullable Object before;
    private volatile @Nullable Object inside = outside;
    private @Nullable Object known;
    private @Nullable Call open;
    private boolean over;

    /** The next call begins on this thread; {@code null} when it is not followed. */
    protected abstract @Nullable Call start();

    /** Something was heard. Must not throw. */
    public abstract void heard(T item);

    /** A piece of a stream was heard. */
    public void piece(T item) {
        heard(item);
    }

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

    /** The next one begins on this thread, unless it is all over. */
    public final synchronized void next() {
        if (over) return;
        open = start();
        inside = Hooks.capture();
        if (open != null || isAlwaysKnown()) known = Inside.put(identity());
    }

    /** Whether something has begun, and has not ended. */
    public final synchronized boolean isOpen() {
        return open != null || known != null;
    }

    /** What {@link Inside} knows this by. */
    protected Object identity() {
        return this;
    }

    /** Whether {@link Inside} is to know it even where it is the inner half of something that is followed already. */
    protected boolean isAlwaysKnown() {
        return false;
    }

    /** What it failed with, by what it threw or said before; {@code null} when all went well. */
    protected @Nullable Throwable failure(@Nullable Throwable thrown) {
        return thrown;
    }

    /** The error's code, when there is one: not all that fails throws. */
    protected @Nullable String code() {
        return null;
    }

    /** What is open ends; whatever comes next is in none, until there is a next one. */
    public final synchronized void pause(@Nullable Throwable thrown) {
        Call ending = open;
        open = null;
        Inside.over(known);
        known = null;
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
