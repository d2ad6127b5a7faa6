package dev.weir.instrumentation.googleadk;

import dev.weir.bootstrap.GenAiFacts;
import dev.weir.instrumentation.shared.Scoped;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Maybe;
import io.reactivex.rxjava3.core.Single;
import org.jspecify.annotations.Nullable;

/** An access to sessions or to a memory that are more than a collection in this JVM. */
final class MemoryAccess extends Scoped<Object> {

    static final String SEARCH = "search_memory";
    static final String UPDATE = "update_memory";
    static final String DELETE = "delete_memory";

    private final Facts facts;

    private MemoryAccess(Facts facts) {
        this.facts = facts;
    }

    /** Begins, on this thread; {@code null} when there is only a collection. */
    static @Nullable MemoryAccess begin(String operation, Object service, @Nullable String session) {
        String name = service.getClass().getName();
        if (name.equals("com.google.adk.sessions.InMemorySessionService")
                || name.equals("com.google.adk.memory.InMemoryMemoryService")) return null;
        MemoryAccess access =
                new MemoryAccess(new Facts(operation, service.getClass().getSimpleName(), session));
        access.begin();
        return access;
    }

    /** The method has returned, with this or what it threw. */
    static @Nullable Maybe<Object> left(
            @Nullable MemoryAccess access, @Nullable Maybe<Object> result, @Nullable Throwable thrown) {
        if (access == null || access.isDone(result, thrown) || result == null) return result;
        return new ScopedMaybe<>(result, access);
    }

    /** See above. */
    static @Nullable Single<Object> left(
            @Nullable MemoryAccess access, @Nullable Single<Object> result, @Nullable Throwable thrown) {
        if (access == null || access.isDone(result, thrown) || result == null) return result;
        return new ScopedMaybe<>(result.toMaybe(), access).toSingle();
    }

    /** See above. */
    static @Nullable Completable left(
            @Nullable MemoryAccess access, @Nullable Completable result, @Nullable Throwable thrown) {
        if (access == null || access.isDone(result, thrown) || result == null) return result;
        return new ScopedMaybe<>(result.toMaybe(), access).ignoreElement();
    }

    /**
     * The method has returned. A service may have done its work by then, and nobody need ask what became of it.
     *
     * @return whether that is so; else it is over with the result's end
     */
    private boolean isDone(@Nullable Object result, @Nullable Throwable thrown) {
        String type = result == null ? "" : result.getClass().getName();
        boolean done = switch (type) {
            case "",
                    "io.reactivex.rxjava3.internal.operators.single.SingleJust",
                    "io.reactivex.rxjava3.internal.operators.maybe.MaybeJust",
                    "io.reactivex.rxjava3.internal.operators.maybe.MaybeEmpty",
                    "io.reactivex.rxjava3.internal.operators.completable.CompletableEmpty" -> true;
            default -> false;
        };
        if (done) end(thrown);
        leave();
        return done;
    }

    @Override
    protected GenAiFacts facts() {
        return facts;
    }

    @Override
    public void heard(Object found) {
        // Nothing is told of it.
    }

    private static final class Facts extends GenAiFacts {

        private final String operation;
        private final @Nullable String session;

        Facts(String operation, String name, @Nullable String session) {
            super(Kind.MEMORY, GoogleAdkInstrumentation.NAME, name);
            this.operation = operation;
            this.session = session;
        }

        @Override
        public String operation() {
            return operation;
        }

        @Override
        public Object @Nullable [] arguments() {
            return new @Nullable Object[] {operation, session};
        }

        @Override
        public @Nullable String conversation() {
            return session;
        }
    }
}
