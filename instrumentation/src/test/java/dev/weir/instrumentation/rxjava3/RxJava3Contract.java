package dev.weir.instrumentation.rxjava3;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.ScopeFacts;
import dev.weir.instrumentation.testing.Woven;
import dev.weir.instrumentation.threads.ThreadsInstrumentation;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Maybe;
import io.reactivex.rxjava3.core.Observable;
import io.reactivex.rxjava3.core.Single;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whatever thread a signal comes from, it is heard of in the context of the subscriber: how that is seen. */
abstract class RxJava3Contract {

    static final String NOTHING = "nothing";

    @RegisterExtension
    final Woven woven = new Woven(new RxJava3Instrumentation(), new ThreadsInstrumentation());

    /** A thread that no run has started, as an event loop is one. */
    private final ExecutorService foreign = Executors.newSingleThreadExecutor();

    @AfterEach
    void stop() throws InterruptedException {
        foreign.shutdown();
        assertTrue(foreign.awaitTermination(20, TimeUnit.SECONDS));
    }

    /** Runs it with no context, though the caller may have one. */
    void onForeignThread(Runnable task) {
        Object before = Hooks.enter(null);
        try {
            foreign.execute(task);
        } finally {
            Hooks.exit(before);
        }
    }

    static Object here() {
        Object context = Hooks.capture();
        return context == null ? NOTHING : context;
    }

    Call scope() {
        Call scope =
                Hooks.begin(new ScopeFacts(CallFacts.Kind.TOOL, woven.adapter().name(), "cause") {});
        assertNotNull(scope);
        return scope;
    }

    /** Where an operator hears of items and of the end: {@code item}, {@code end} on whatever type is under test. */
    static final class Ear {

        final List<Object> heard = new CopyOnWriteArrayList<>();
        final CompletableFuture<List<Object>> all = new CompletableFuture<>();

        void hear() {
            heard.add(here());
        }

        void end() {
            heard.add(here());
            all.complete(heard);
        }
    }

    static CompletableFuture<List<Object>> subscribe(Object source) {
        Ear ear = new Ear();
        if (source instanceof Flowable<?> flowable) {
            flowable.doOnNext(item -> ear.hear()).subscribe(item -> {}, thrown -> ear.end(), ear::end);
        } else if (source instanceof Observable<?> observable) {
            observable.doOnNext(item -> ear.hear()).subscribe(item -> {}, thrown -> ear.end(), ear::end);
        } else if (source instanceof Single<?> single) {
            single.doOnSuccess(item -> ear.hear()).subscribe(item -> ear.end(), thrown -> ear.end());
        } else if (source instanceof Maybe<?> maybe) {
            maybe.doOnSuccess(item -> ear.hear()).subscribe(item -> ear.end(), thrown -> ear.end(), ear::end);
        } else {
            ((Completable) source).doOnComplete(ear::hear).subscribe(ear::end, thrown -> ear.end());
        }
        return ear.all;
    }

    /** Subscribed to inside a scope, it is heard of inside that scope. */
    void assertHeardInside(Object source, Runnable whenSubscribed) throws Exception {
        Call scope = scope();
        Object inside = here();
        CompletableFuture<List<Object>> heard;
        try {
            heard = subscribe(source);
        } finally {
            Hooks.leave(scope);
        }
        whenSubscribed.run();
        List<Object> contexts = heard.get(20, TimeUnit.SECONDS);
        Hooks.end(scope, 0, null);
        assertFalse(contexts.isEmpty());
        for (Object each : contexts) assertSame(inside, each, source.toString());
    }

    void assertCarried(Function<Flowable<Integer>, Object> operators) throws Exception {
        assertHeardInside(operators.apply(Flowable.range(1, 5)), () -> {});
        for (Object each : subscribe(operators.apply(Flowable.range(1, 5))).get(20, TimeUnit.SECONDS)) {
            assertSame(NOTHING, each);
        }
    }

    static final class Unlucky extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
