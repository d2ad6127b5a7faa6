package dev.weir.instrumentation.rxjava3;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.InContext;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import io.reactivex.rxjava3.core.CompletableObserver;
import io.reactivex.rxjava3.core.MaybeObserver;
import io.reactivex.rxjava3.core.Observer;
import io.reactivex.rxjava3.core.SingleObserver;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;

/**
 * Each signal is heard of in the causal context in which somebody subscribed.
 *
 * <p>Nothing is done for each operator. A subscription goes up a chain of operators on one thread, and its context is there
 * by itself; tasks of schedulers carry theirs as other tasks do. A context is lost only where signals come from a thread
 * that is not the subscriber's: at some sources. There it is captured with the subscription and put back for each signal.
 */
public final class RxJava3Instrumentation implements Instrumentation {

    private static final String RX = "io.reactivex.rxjava3.";
    private static final String OPERATORS = RX + "internal.operators.";
    private static final String SCHEDULERS = RX + "internal.schedulers.";
    private static final String RUNNABLE = "java.lang.Runnable";

    @Override
    public String name() {
        return "rxjava3";
    }

    @Override
    public void weave(Weaving weaving) {
        foreign(weaving);
        shared(weaving);
        // Workers that run several tasks one after the other, whoever has scheduled them.
        String worker = SCHEDULERS + "ExecutorScheduler$ExecutorWorker$";
        weaving.type(worker + "BooleanRunnable").exactly("<init>", "Task", RUNNABLE);
        weaving.type(worker + "InterruptibleRunnable").method("<init>", "Task", RUNNABLE);
        weaving.type(SCHEDULERS + "TrampolineScheduler$TimedRunnable").method("<init>", "Task", RUNNABLE);
        // The JDK's periodic tasks go without a context. These end with the subscription that wants them.
        weaving.type(SCHEDULERS + "ScheduledDirectPeriodicTask").method("<init>", "Periodic", RUNNABLE);
        weaving.type(SCHEDULERS + "InstantPeriodicTask").method("<init>", "Periodic", RUNNABLE);
    }

    /** Anybody may emit, on any thread: bridges to callbacks, to other libraries' publishers, processors. */
    private static void foreign(Weaving weaving) {
        String flowable = OPERATORS + "flowable.Flowable";
        for (String source : new String[] {"Create", "FromPublisher"}) {
            subscriber(weaving, flowable + source, "Foreign");
        }
        for (String kind : new String[] {"Async", "Behavior", "Multicast", "Publish", "Replay", "Unicast"}) {
            subscriber(weaving, RX + "processors." + kind + "Processor", "Foreign");
        }
        String observable = OPERATORS + "observable.Observable";
        for (String source : new String[] {"Create", "FromPublisher", "FromUnsafeSource"}) {
            observer(weaving, observable + source, "Foreign");
        }
        for (String kind : new String[] {"Async", "Behavior", "Publish", "Replay", "Unicast"}) {
            observer(weaving, RX + "subjects." + kind + "Subject", "Foreign");
        }
        String single = OPERATORS + "single.Single";
        single(weaving, single + "Create", "Foreign");
        single(weaving, single + "FromPublisher", "Foreign");
        single(weaving, single + "FromUnsafeSource", "Foreign");
        single(weaving, RX + "subjects.SingleSubject", "Foreign");
        String maybe = OPERATORS + "maybe.Maybe";
        maybe(weaving, maybe + "Create", "Foreign");
        maybe(weaving, maybe + "UnsafeCreate", "Foreign");
        // What Maybe.fromPublisher makes.
        maybe(weaving, OPERATORS + "flowable.FlowableElementAtMaybePublisher", "Foreign");
        maybe(weaving, RX + "subjects.MaybeSubject", "Foreign");
        String completable = OPERATORS + "completable.Completable";
        completable(weaving, completable + "Create", "Foreign");
        completable(weaving, completable + "FromPublisher", "Foreign");
        completable(weaving, completable + "FromUnsafeSource", "Foreign");
        completable(weaving, RX + "subjects.CompletableSubject", "Foreign");
    }

    /** One of several subscribers has set going what all of them hear of. */
    private static void shared(Weaving weaving) {
        for (String operator : new String[] {"Cache", "Publish", "Replay"}) {
            subscriber(weaving, OPERATORS + "flowable.Flowable" + operator, "Shared");
            observer(weaving, OPERATORS + "observable.Observable" + operator, "Shared");
        }
        single(weaving, OPERATORS + "single.SingleCache", "Shared");
        maybe(weaving, OPERATORS + "maybe.MaybeCache", "Shared");
        completable(weaving, OPERATORS + "completable.CompletableCache", "Shared");
    }

    private static void subscriber(Weaving weaving, String source, String advice) {
        weaving.type(source).exactly("subscribeActual", advice + "Subscriber", "org.reactivestreams.Subscriber");
    }

    private static void observer(Weaving weaving, String source, String advice) {
        weaving.type(source).exactly("subscribeActual", advice + "Observer", RX + "core.Observer");
    }

    private static void single(Weaving weaving, String source, String advice) {
        weaving.type(source).exactly("subscribeActual", advice + "SingleObserver", RX + "core.SingleObserver");
    }

    private static void maybe(Weaving weaving, String source, String advice) {
        weaving.type(source).exactly("subscribeActual", advice + "MaybeObserver", RX + "core.MaybeObserver");
    }

    private static void completable(Weaving weaving, String source, String advice) {
        weaving.type(source)
                .exactly("subscribeActual", advice + "CompletableObserver", RX + "core.CompletableObserver");
    }

    // ---- A subscriber without a context hears of a signal in that of whoever emits it: it is caused by that.

    static final class ForeignSubscriber {

        static Subscriber<?> argument0(Object source, Subscriber<?> actual) {
            Object context = Hooks.capture();
            return context == null ? actual : new Heard.BySubscriber<>(actual, context);
        }
    }

    static final class ForeignObserver {

        static Observer<?> argument0(Object source, Observer<?> actual) {
            Object context = Hooks.capture();
            return context == null ? actual : new Heard.ByObserver<>(actual, context);
        }
    }

    static final class ForeignSingleObserver {

        static SingleObserver<?> argument0(Object source, SingleObserver<?> actual) {
            Object context = Hooks.capture();
            return context == null ? actual : new Heard.BySingleObserver<>(actual, context);
        }
    }

    static final class ForeignMaybeObserver {

        static MaybeObserver<?> argument0(Object source, MaybeObserver<?> actual) {
            Object context = Hooks.capture();
            return context == null ? actual : new Heard.ByMaybeObserver<>(actual, context);
        }
    }

    static final class ForeignCompletableObserver {

        static CompletableObserver argument0(Object source, CompletableObserver actual) {
            Object context = Hooks.capture();
            return context == null ? actual : new Heard.ByCompletableObserver(actual, context);
        }
    }

    // ---- A subscriber without a context must not go on in that of the subscriber who came first.

    static final class SharedSubscriber {

        static Subscriber<?> argument0(Object source, Subscriber<?> actual) {
            return Hooks.armed() ? new Heard.BySubscriber<>(actual, Hooks.capture()) : actual;
        }
    }

    static final class SharedObserver {

        static Observer<?> argument0(Object source, Observer<?> actual) {
            return Hooks.armed() ? new Heard.ByObserver<>(actual, Hooks.capture()) : actual;
        }
    }

    static final class SharedSingleObserver {

        static SingleObserver<?> argument0(Object source, SingleObserver<?> actual) {
            return Hooks.armed() ? new Heard.BySingleObserver<>(actual, Hooks.capture()) : actual;
        }
    }

    static final class SharedMaybeObserver {

        static MaybeObserver<?> argument0(Object source, MaybeObserver<?> actual) {
            return Hooks.armed() ? new Heard.ByMaybeObserver<>(actual, Hooks.capture()) : actual;
        }
    }

    static final class SharedCompletableObserver {

        static CompletableObserver argument0(Object source, CompletableObserver actual) {
            return Hooks.armed() ? new Heard.ByCompletableObserver(actual, Hooks.capture()) : actual;
        }
    }

    /** Its thread may be in the context of the task before: having none is something to be carried, too. */
    static final class Task {

        static @Nullable Runnable argument0(@Nullable Runnable task) {
            if (task == null || !Hooks.armed()) return task;
            Object context = Hooks.capture();
            return () -> InContext.run(context, task, Runnable::run);
        }
    }

    static final class Periodic {

        static @Nullable Runnable argument0(@Nullable Runnable task) {
            return InContext.task(task);
        }
    }
}
