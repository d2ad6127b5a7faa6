package dev.weir.instrumentation.langchain4j;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.WeakIdentityMap;
import dev.weir.instrumentation.shared.Entered;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A run of an AI service. One that streams goes on after its method has returned: it begins again when its stream is
 * started, and is over when the model has said its last and nothing more is asked because of that.
 */
final class Run {

    private static final WeakIdentityMap<Run> STREAMS = new WeakIdentityMap<>(1 << 16);

    /** The run for which this thread calls models. */
    private static final ThreadLocal<@Nullable Run> CURRENT = new ThreadLocal<>();

    private final Call call;
    private final @Nullable Run around;
    private final @Nullable Object inside;
    private volatile boolean streamed;
    private final AtomicInteger asked = new AtomicInteger();

    private Run(Call call, @Nullable Run around) {
        this.call = call;
        this.around = around;
        this.inside = Hooks.capture();
    }

    static @Nullable Run begin(RunFacts facts) {
        Call call = Hooks.begin(facts);
        if (call == null) return null;
        Run run = new Run(call, CURRENT.get());
        enter(run);
        return run;
    }

    static @Nullable Run current() {
        return CURRENT.get();
    }

    /** From now on this thread calls models for this run, {@code null} being none. Returns for whom it did before. */
    static @Nullable Run enter(@Nullable Run run) {
        Run before = CURRENT.get();
        if (run == null) CURRENT.remove();
        else CURRENT.set(run);
        return before;
    }

    /** The run on this thread made a stream, and will hand it to the application. */
    static void streamed(Object stream) {
        Run run = CURRENT.get();
        if (run == null) return;
        run.streamed = true;
        STREAMS.put(stream, run);
    }

    /** The service's method is over. */
    void returned(@Nullable Throwable thrown) {
        enter(around);
        if (thrown != null || !streamed) Hooks.end(call, 0, thrown);
        else Hooks.leave(call);
    }

    /** A stream is started. */
    static @Nullable Resumed resume(Object stream) {
        Run run = STREAMS.get(stream);
        return run == null ? null : new Resumed(run);
    }

    /** A model is called for this run, and will stream its answer. */
    void asks() {
        asked.incrementAndGet();
    }

    /** How often models were called, to compare with later. */
    int asked() {
        return asked.get();
    }

    /** A model has said its last, and the run has made of it what it wanted. */
    void told(int askedBefore, @Nullable Throwable thrown) {
        if (streamed && (thrown != null || asked.get() == askedBefore)) Hooks.end(call, 0, thrown);
    }

    /** Nobody wants to hear more. */
    void cancelled(Throwable cancellation) {
        if (streamed) Hooks.end(call, 0, cancellation);
    }

    /** A run whose stream is being started on this thread. */
    static final class Resumed {

        private final Run run;
        private final @Nullable Run around;
        private final Entered entered;

        Resumed(Run run) {
            this.run = run;
            this.around = enter(run);
            this.entered = new Entered(run.inside);
        }

        void leave(@Nullable Throwable thrown) {
            entered.exit();
            enter(around);
            if (thrown != null) Hooks.end(run.call, 0, thrown);
        }
    }
}
