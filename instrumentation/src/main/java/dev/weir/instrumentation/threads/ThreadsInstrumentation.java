package dev.weir.instrumentation.threads;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import java.util.List;
import java.util.TimerTask;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The causal context goes from the thread that asks for something to the thread that does it.
 *
 * <p>Where the JDK wraps a task in an object of its own ({@code FutureTask}, a stage of {@code CompletableFuture}), the
 * context goes inside, as a {@link Carried}. Where the application can meet its task again (in a pool's queue, in
 * {@code beforeExecute}, in a {@code RejectedExecutionHandler}), or the task is the thread or the {@code ForkJoinTask}
 * itself, the context goes beside it, in {@link InFlight}. Where there is no context, nothing is done.
 *
 * <p>Threads of pools begin, and begin each task, without a context. Periodic tasks have none: they outlive the run that
 * scheduled them.
 */
public final class ThreadsInstrumentation implements Instrumentation {

    private static final String RUNNABLE = "java.lang.Runnable";
    private static final String CALLABLE = "java.util.concurrent.Callable";
    private static final String FORK_JOIN_TASK = "java.util.concurrent.ForkJoinTask";

    @Override
    public String name() {
        return "threads";
    }

    @Override
    public void weave(Weaving weaving) {
        pools(weaving);
        forkJoin(weaving);
        completableFuture(weaving);
        threads(weaving);
        timer(weaving);
    }

    private static void pools(Weaving weaving) {
        weaving.type("java.util.concurrent.FutureTask")
                .exactly("<init>", "Adapted", CALLABLE)
                .exactly("<init>", "Adapted", RUNNABLE, "java.lang.Object");
        weaving.type("java.util.concurrent.ThreadPoolExecutor")
                .exactly("execute", "Execute", RUNNABLE)
                .exactly("reject", "Reject", RUNNABLE)
                .exactly("remove", "Remove", RUNNABLE)
                .exactly("drainQueue", "DrainQueue")
                .method("addWorker", "Without")
                .method("runWorker", "RunWorker")
                .exactly("getTask", "GetTask");
        weaving.type("java.util.concurrent.ThreadPoolExecutor$Worker")
                .method("<init>", "FirstTask", "java.util.concurrent.ThreadPoolExecutor", RUNNABLE);
        weaving.type("java.util.concurrent.ScheduledThreadPoolExecutor")
                .method("scheduleAtFixedRate", "Without")
                .method("scheduleWithFixedDelay", "Without");
    }

    private static void forkJoin(Weaving weaving) {
        String[] adapters = {
            "AdaptedRunnable", "AdaptedRunnableAction", "RunnableExecuteAction", "AdaptedCallable",
            "AdaptedInterruptibleCallable", "AdaptedInterruptibleRunnable", "InvokeAnyTask", "CallableWithTimeout"
        };
        for (String adapter : adapters) {
            weaving.type(FORK_JOIN_TASK + "$" + adapter)
                    .method("<init>", "Adapted", RUNNABLE)
                    .method("<init>", "Adapted", CALLABLE);
        }
        weaving.type("java.util.concurrent.DelayScheduler$ScheduledForkJoinTask")
                .method("<init>", "Scheduled", "long", "long", "boolean", RUNNABLE, CALLABLE);
        weaving.type("java.util.concurrent.ForkJoinPool")
                .exactly("execute", "Submit", FORK_JOIN_TASK)
                .exactly("execute", "Submit", RUNNABLE)
                .exactly("submit", "Submit", FORK_JOIN_TASK)
                .exactly("invoke", "Submit", FORK_JOIN_TASK)
                .exactly("externalSubmit", "Submit", FORK_JOIN_TASK)
                .exactly("lazySubmit", "Submit", FORK_JOIN_TASK)
                .method("createWorker", "Without")
                .method("scheduleAtFixedRate", "Without")
                .method("scheduleWithFixedDelay", "Without");
        weaving.type(FORK_JOIN_TASK).exactly("fork", "Fork").exactly("doExec", "Run");
    }

    private static void completableFuture(Weaving weaving) {
        Weaving.Target future = weaving.type("java.util.concurrent.CompletableFuture");
        String executor = "java.util.concurrent.Executor";
        String[] single = {
            "uniApplyStage",
            "uniAcceptStage",
            "uniRunStage",
            "uniWhenCompleteStage",
            "uniExceptionallyStage",
            "uniComposeExceptionallyStage"
        };
        for (String stage : single) future.method(stage, "Stage", executor);
        future.method("uniHandleStage", "LeadingOnStage", executor)
                .method("uniComposeStage", "LeadingOnStage", executor);
        String[] pairs = {"biApplyStage", "biAcceptStage", "biRunStage", "orApplyStage", "orAcceptStage", "orRunStage"};
        for (String stage : pairs) future.method(stage, "PairStage", executor);
        for (String async : new String[] {"AsyncSupply", "AsyncRun"}) {
            weaving.type("java.util.concurrent.CompletableFuture$" + async)
                    .method("<init>", "Async", "java.util.concurrent.CompletableFuture");
        }
    }

    private static void threads(Weaving weaving) {
        String container = "jdk.internal.vm.ThreadContainer";
        weaving.type("java.lang.Thread")
                .exactly("start", "Start")
                .exactly("start", "Start", container)
                .exactly("run", "Run");
        // Never mount or unmount: they are no ordinary Java.
        weaving.type("java.lang.VirtualThread")
                .exactly("start", "StartVirtual", container)
                .exactly("run", "RunVirtual", RUNNABLE);
        weaving.subclassesOf("java.lang.Thread", "java/lang/Thread").exactly("run", "Run");
    }

    private static void timer(Weaving weaving) {
        weaving.type("java.util.Timer").method("sched", "ScheduleOnTimer", "java.util.TimerTask", "long", "long");
        weaving.type("java.util.TimerTask").exactly("cancel", "CancelOnTimer");
        weaving.type("java.util.TaskQueue")
                .exactly("isEmpty", "TimerIdle")
                .exactly("getMin", "TimerLooks")
                .exactly("removeMin", "TimerTakes");
    }

    // ---- shared

    /** Something that lasts is made: it must not inherit the context of the run that happens to need it first. */
    static final class Without {

        static @Nullable Object enter() {
            return Hooks.capture() == null ? null : Hooks.enter(null);
        }

        static void exit(@Nullable Object previous) {
            if (previous != null) Hooks.exit(previous);
        }
    }

    /** What has a context beside it runs with it: a started thread, a forked task. */
    static final class Run {

        /** Stands for "no context before": a token of {@code null} says that nothing was put on this thread. */
        private static final Object NONE = new Object();

        static @Nullable Object enter(Object running) {
            if (InFlight.isEmpty()) return null;
            Object context = InFlight.take(running);
            if (context == null) return null;
            Object previous = Hooks.enter(context);
            return previous == null ? NONE : previous;
        }

        static void exit(@Nullable Object previous) {
            if (previous != null) Hooks.exit(previous == NONE ? null : previous);
        }
    }

    /** The first argument of a constructor is the application's task. */
    static final class Adapted {

        static @Nullable Object argument0(@Nullable Object task) {
            return adapted(task);
        }

        static @Nullable Object adapted(@Nullable Object task) {
            // A future task brings its context.
            if (task == null || task instanceof FutureTask) return task;
            Object context = Hooks.capture();
            if (context == null || Infrastructure.refuses(task.getClass())) return task;
            return Carried.with(context, task);
        }
    }

    // ---- ThreadPoolExecutor

    /** A task goes beside its context through the queue, so that the application finds its own object there. */
    static final class Execute {

        /** Whether a wrapped task was ever queued. */
        static volatile boolean wrapped;

        static @Nullable Runnable argument0(ThreadPoolExecutor pool, @Nullable Runnable task) {
            if (task == null || task instanceof FutureTask) return task;
            Object context = Hooks.capture();
            if (context == null && InFlight.isEmpty()) return task;
            if (Infrastructure.refuses(task.getClass())) return task;
            boolean alone = context == null ? InFlight.peek(task) == null : InFlight.put(task, context);
            // One object, queued twice: only the second one is wrapped, and only where no order asks what it is.
            if (alone || !isPlain(pool)) return task;
            wrapped = true;
            return new Carried(task, context);
        }

        /** Whether the pool's queue asks nothing of a task but its identity. */
        static boolean isPlain(ThreadPoolExecutor pool) {
            BlockingQueue<Runnable> queue;
            try {
                queue = pool.getQueue();
            } catch (RuntimeException e) {
                // A method that an application may override.
                return false;
            }
            String name = queue == null ? "" : queue.getClass().getName();
            return name.equals("java.util.concurrent.LinkedBlockingQueue")
                    || name.equals("java.util.concurrent.SynchronousQueue")
                    || name.equals("java.util.concurrent.ArrayBlockingQueue")
                    || name.equals("java.util.concurrent.LinkedBlockingDeque")
                    || name.equals("java.util.concurrent.LinkedTransferQueue");
        }
    }

    static final class Reject {

        static @Nullable Object argument0(ThreadPoolExecutor pool, @Nullable Object task) {
            return unwrapped(task);
        }
    }

    /** The application's own object; its context, if it had one, will not be needed. */
    private static @Nullable Object unwrapped(@Nullable Object task) {
        if (task instanceof Carried carried) return carried.task;
        if (task != null && !InFlight.isEmpty()) InFlight.take(task);
        return task;
    }

    static final class Remove {

        static boolean exit(
                boolean removed, @Nullable Throwable thrown, ThreadPoolExecutor pool, @Nullable Runnable task) {
            if (task == null || thrown != null || task instanceof FutureTask) return removed;
            if (!removed) {
                return Execute.wrapped
                        && Execute.isPlain(pool)
                        && pool.getQueue().remove(Carried.like(task));
            }
            unwrapped(task);
            return true;
        }
    }

    static final class DrainQueue {

        @SuppressWarnings("unchecked")
        static void exit(@Nullable List<?> drained) {
            if (drained == null) return;
            for (int i = 0; i < drained.size(); i++) {
                Object task = drained.get(i);
                if (task instanceof FutureTask) continue;
                Object own = unwrapped(task);
                if (own != task) ((List<@Nullable Object>) drained).set(i, own);
            }
        }
    }

    /** A worker begins with a task that never was in the queue: its context goes beside the worker. */
    static final class FirstTask {

        static @Nullable Object enter(ThreadPoolExecutor pool, @Nullable Object task) {
            if (task instanceof Carried carried) return carried.context;
            return task == null || task instanceof FutureTask || InFlight.isEmpty() ? null : InFlight.take(task);
        }

        static @Nullable Object argument1(@Nullable Object context, ThreadPoolExecutor pool, @Nullable Object task) {
            return task instanceof Carried carried ? carried.task : task;
        }

        static void exit(@Nullable Object context, Object worker) {
            if (context != null) InFlight.put(worker, context);
        }
    }

    static final class RunWorker {

        static @Nullable Object enter(ThreadPoolExecutor pool, Object worker) {
            return Hooks.enter(InFlight.isEmpty() ? null : InFlight.take(worker));
        }

        static void exit(@Nullable Object previous) {
            Hooks.exit(previous);
        }
    }

    /** Between two tasks there is no context; then comes that of the task taken. */
    static final class GetTask {

        static void enter() {
            Hooks.enter(null);
        }

        static @Nullable Object exit(@Nullable Object none, @Nullable Object task) {
            if (task instanceof Carried carried) {
                if (carried.context != null) Hooks.enter(carried.context);
                return carried.task;
            }
            if (task == null || task instanceof FutureTask || InFlight.isEmpty()) return task;
            Object context = InFlight.take(task);
            if (context != null) Hooks.enter(context);
            return task;
        }
    }

    // ---- ForkJoinPool

    static final class Submit {

        static void enter(Object pool, @Nullable Object task) {
            if (task instanceof ForkJoinTask) Fork.enter(task);
        }
    }

    static final class Fork {

        static void enter(Object task) {
            Object context = Hooks.capture();
            if (context != null && !Infrastructure.refuses(task.getClass())) InFlight.replace(task, context);
        }
    }

    /** Only what runs once takes a context along. */
    static final class Scheduled {

        static @Nullable Object argument3(long delay, long period, boolean immediate, @Nullable Object task) {
            return period == 0 ? Adapted.adapted(task) : task;
        }

        static @Nullable Object argument4(
                long delay, long period, boolean immediate, @Nullable Object runnable, @Nullable Object task) {
            return period == 0 ? Adapted.adapted(task) : task;
        }
    }

    // ---- CompletableFuture

    static final class Stage {

        static @Nullable Object argument1(Object future, @Nullable Object executor, @Nullable Object function) {
            return carrying(function);
        }

        /** The function with this thread's context, unless it is a part of something that has no use for one. */
        static @Nullable Object carrying(@Nullable Object function) {
            // Most stages in a JVM that calls with the JDK's HTTP client are refused: asked first.
            if (function == null || Infrastructure.isOfExchange(function.getClass())) return function;
            return inThisContext(function);
        }

        static Object inThisContext(Object function) {
            Object context = Hooks.capture();
            return context == null ? function : Carried.with(context, function);
        }
    }

    /** What another stage may follow from. */
    static final class LeadingOnStage {

        private static final Object IDENTITY = Function.identity();

        static @Nullable Object argument1(Object future, @Nullable Object executor, @Nullable Object function) {
            if (function == null || function == IDENTITY) return function;
            return Infrastructure.refusesLeadingOn(function.getClass()) ? function : Stage.inThisContext(function);
        }
    }

    static final class PairStage {

        static @Nullable Object argument2(
                Object future, @Nullable Object executor, @Nullable Object other, @Nullable Object function) {
            return Stage.carrying(function);
        }
    }

    static final class Async {

        static @Nullable Object argument1(Object future, @Nullable Object function) {
            return Stage.carrying(function);
        }
    }

    // ---- Thread

    static final class Start {

        static @Nullable Object enter(Thread thread) {
            Object context = Hooks.capture();
            if (context == null || Infrastructure.refuses(thread)) return null;
            return InFlight.put(thread, context) ? thread : null;
        }

        static void exit(@Nullable Object thread, @Nullable Throwable thrown) {
            if (thread != null && thrown != null) InFlight.take(thread);
        }
    }

    /** There are many, and most of them never ask for their context: it waits beside them until they do. */
    static final class StartVirtual {

        private static final Object HEIR = new Object();

        static @Nullable Object enter(Thread thread) {
            Object context = Hooks.capture();
            if (context == null) return null;
            if (Hooks.inherit(thread, context)) return HEIR;
            return InFlight.put(thread, context) ? thread : null;
        }

        static void exit(@Nullable Object started, @Nullable Throwable thrown, Thread thread) {
            if (started == null || thrown == null) return;
            if (started == HEIR) Hooks.inherited(thread);
            else InFlight.take(thread);
        }
    }

    static final class RunVirtual {

        static Runnable argument0(Thread thread, Runnable task) {
            Object context = InFlight.isEmpty() ? null : InFlight.take(thread);
            if (context != null) return new Carried(task, context);
            return Hooks.inherits(thread) ? new Heir(thread, task) : task;
        }
    }

    // ---- Timer

    static final class ScheduleOnTimer {

        static @Nullable Object enter(Object timer, @Nullable Object task, long time, long period) {
            Object context = Hooks.capture();
            if (task == null || context == null || period != 0) return null;
            if (Infrastructure.refuses(task.getClass())) return null;
            return InFlight.put(task, context) ? task : null;
        }

        static void exit(@Nullable Object task, @Nullable Throwable thrown) {
            if (task != null && thrown != null) InFlight.take(task);
        }
    }

    static final class CancelOnTimer {

        static void exit(boolean cancelled, @Nullable Throwable thrown, TimerTask task) {
            if (!InFlight.isEmpty()) InFlight.take(task);
        }
    }

    /** The timer's thread looks at its queue: the task before is over. */
    static final class TimerIdle {

        static void enter() {
            if (!isTimer()) return;
            Hooks.enter(null);
            TimerLooks.NEXT.remove();
        }

        static boolean isTimer() {
            return Thread.currentThread().getClass().getName().equals("java.util.TimerThread");
        }
    }

    /** The timer's thread looks at its next task. */
    static final class TimerLooks {

        static final ThreadLocal<@Nullable Object> NEXT = new ThreadLocal<>();

        static void exit(@Nullable Object task) {
            if (task == null || InFlight.isEmpty() || !TimerIdle.isTimer()) return;
            if (InFlight.peek(task) != null) NEXT.set(task);
        }
    }

    /** The timer's thread takes a task out of its queue, to run it this once. */
    static final class TimerTakes {

        static void enter() {
            Object task = TimerIdle.isTimer() ? TimerLooks.NEXT.get() : null;
            Object context = task == null ? null : InFlight.take(task);
            if (context != null) Hooks.enter(context);
        }
    }
}
