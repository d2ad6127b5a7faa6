package dev.weir.instrumentation.rxjava3retry;

import dev.weir.bootstrap.WeakIdentityMap;
import dev.weir.instrumentation.shared.RetryLoop;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import io.reactivex.rxjava3.core.ObservableSource;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/**
 * RxJava 3's {@code retry}, {@code retryUntil} and {@code retryWhen} on every base type: those of {@code Single},
 * {@code Maybe} and {@code Completable} are those of {@code Flowable}.
 *
 * <p>Each subscription to such an operator makes an object with the source in it, to which that object then subscribes for
 * each try.
 */
public final class RxJava3RetryInstrumentation implements Instrumentation {

    private static final String OPERATORS = "io.reactivex.rxjava3.internal.operators.";
    private static final String CORE = "io.reactivex.rxjava3.core.";
    private static final String FUNCTIONS = "io.reactivex.rxjava3.functions.";
    private static final String SUBSCRIBER = "org.reactivestreams.Subscriber";
    private static final String PUBLISHER = "org.reactivestreams.Publisher";
    private static final String SOURCE = CORE + "ObservableSource";

    @Override
    public String name() {
        return "rxjava3-retry";
    }

    @Override
    public void weave(Weaving weaving) {
        String flowable = OPERATORS + "flowable.Flowable";
        String arbiter = "io.reactivex.rxjava3.internal.subscriptions.SubscriptionArbiter";
        weaving.type(flowable + "RetryPredicate$RetrySubscriber")
                .exactly("<init>", "Fifth", SUBSCRIBER, "long", FUNCTIONS + "Predicate", arbiter, PUBLISHER);
        weaving.type(flowable + "RetryBiPredicate$RetryBiSubscriber")
                .exactly("<init>", "Fourth", SUBSCRIBER, FUNCTIONS + "BiPredicate", arbiter, PUBLISHER);
        // Shared with repeatWhen, which makes a subscriber of another class.
        weaving.type(flowable + "RepeatWhen$WhenReceiver").exactly("<init>", "First", PUBLISHER);
        weaving.type(flowable + "RetryWhen$RetryWhenSubscriber")
                .exactly(
                        "<init>",
                        "Retrying",
                        SUBSCRIBER,
                        "io.reactivex.rxjava3.processors.FlowableProcessor",
                        "org.reactivestreams.Subscription");

        String observable = OPERATORS + "observable.Observable";
        String observer = CORE + "Observer";
        String disposable = "io.reactivex.rxjava3.internal.disposables.SequentialDisposable";
        weaving.type(observable + "RetryPredicate$RepeatObserver")
                .exactly("<init>", "FifthSource", observer, "long", FUNCTIONS + "Predicate", disposable, SOURCE);
        weaving.type(observable + "RetryBiPredicate$RetryBiObserver")
                .exactly("<init>", "FourthSource", observer, FUNCTIONS + "BiPredicate", disposable, SOURCE);
        weaving.type(observable + "RetryWhen$RepeatWhenObserver")
                .exactly("<init>", "ThirdSource", observer, "io.reactivex.rxjava3.subjects.Subject", SOURCE);
    }

    static RetryLoop loop() {
        return new RetryLoop("rxjava3-retry", "rxjava").causedHere();
    }

    static final class Fifth {

        static <T> Publisher<T> argument4(
                Object subscriber, Object count, Object predicate, Object arbiter, Publisher<T> source) {
            return new TriedPublisher<>(source, loop());
        }
    }

    static final class Fourth {

        static <T> Publisher<T> argument3(Object subscriber, Object predicate, Object arbiter, Publisher<T> source) {
            return new TriedPublisher<>(source, loop());
        }
    }

    /** Sources of which it is not known yet whether they will be retried or repeated. */
    static final WeakIdentityMap<TriedPublisher<?>> UNDECIDED = new WeakIdentityMap<>(1 << 16);

    static final class First {

        static <T> TriedPublisher<T> enter(Publisher<T> source) {
            return new TriedPublisher<>(source, null);
        }

        static <T> Publisher<T> argument0(TriedPublisher<T> tried) {
            return tried;
        }

        static void exit(TriedPublisher<?> tried, Object receiver) {
            UNDECIDED.put(receiver, tried);
        }
    }

    static final class Retrying {

        static void exit(Object made, Object subscriber, Object processor, Object receiver) {
            TriedPublisher<?> tried = UNDECIDED.remove(receiver);
            if (tried != null) tried.isRetried(loop());
        }
    }

    static final class FifthSource {

        static <T> ObservableSource<T> argument4(
                Object observer, Object count, Object predicate, Object disposable, ObservableSource<T> source) {
            return new TriedSource<>(source, loop());
        }
    }

    static final class FourthSource {

        static <T> ObservableSource<T> argument3(
                Object observer, Object predicate, Object disposable, ObservableSource<T> source) {
            return new TriedSource<>(source, loop());
        }
    }

    static final class ThirdSource {

        static <T> ObservableSource<T> argument2(Object observer, Object signaller, ObservableSource<T> source) {
            return new TriedSource<>(source, loop());
        }
    }

    /** What a try failed with when it was given up. */
    static @Nullable Throwable givenUp(boolean heardOf) {
        return heardOf ? null : new CancellationException();
    }
}
