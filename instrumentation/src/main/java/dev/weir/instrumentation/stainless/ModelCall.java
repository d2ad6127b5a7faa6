package dev.weir.instrumentation.stainless;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** One call of a model, from the method that asks to the answer's last piece. */
final class ModelCall {

    private final ModelFacts facts;
    private final Call call;
    private final @Nullable Object around;

    private ModelCall(ModelFacts facts, Call call, @Nullable Object around) {
        this.facts = facts;
        this.call = call;
        this.around = around;
    }

    /** Begins on this thread; {@code null} when a library above tells of it. */
    static @Nullable ModelCall begin(ModelFacts facts) {
        Object around = Hooks.capture();
        Call begun = Hooks.begin(facts);
        return begun == null ? null : new ModelCall(facts, begun, around);
    }

    /** What the call was made in, and what is made of its answer. */
    @Nullable
    Object around() {
        return around;
    }

    /** The whole answer is there. */
    void answered(@Nullable Object answer, @Nullable Throwable thrown) {
        if (answer != null) facts.answered(answer);
        end(thrown);
    }

    /** The answer comes later, whole. */
    @Nullable
    CompletableFuture<?> answers(@Nullable CompletableFuture<?> later, @Nullable Throwable thrown) {
        if (later == null || thrown != null) {
            end(thrown);
            return later;
        }
        Hooks.leave(call);
        Object inside = Hooks.enter(around);
        try {
            return later.whenComplete((answer, failure) -> answered(answer, cause(failure)));
        } finally {
            Hooks.exit(inside);
        }
    }

    /** The answer comes in pieces. */
    @Nullable
    Object streams(@Nullable Object response, @Nullable Throwable thrown) {
        if (response == null || thrown != null) {
            end(thrown);
            return response;
        }
        Hooks.leave(call);
        return HeardStream.of(response, this);
    }

    void piece(@Nullable Object piece) {
        facts.chunk();
        if (piece != null) facts.heard(piece);
    }

    void end(@Nullable Throwable thrown) {
        Hooks.end(call, 0, thrown);
    }

    static @Nullable Throwable cause(@Nullable Throwable thrown) {
        return thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    }
}
