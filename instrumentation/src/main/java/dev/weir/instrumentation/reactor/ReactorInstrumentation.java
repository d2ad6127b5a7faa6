package dev.weir.instrumentation.reactor;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.InContext;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

/**
 * Each signal is heard of in the causal context in which somebody subscribed.
 *
 * <p>Nothing is done for each operator. A subscription goes up a chain of operators on one thread, and its context is there
 * by itself; tasks of schedulers carry theirs as other tasks do. A context is lost only where signals come from a thread
 * that is not the subscriber's: at some sources. There it is captured with the subscription and put back for each signal.
 */
public final class ReactorInstrumentation implements Instrumentation {

    private static final String PUBLISHER = "reactor.core.publisher.";
    private static final String SCHEDULER = "reactor.core.scheduler.";

    /** Anybody may emit, on any thread: bridges to callbacks, to other libraries' publishers, sinks, and a clock. */
    private static final String[] FOREIGN = {
        "FluxCreate",
        "MonoCreate",
        "FluxSource",
        "FluxSourceFuseable",
        "MonoFromPublisher",
        "MonoIgnorePublisher",
        "MonoSource",
        "MonoSourceFuseable",
        "FluxInterval",
        "DirectProcessor",
        "EmitterProcessor",
        "ReplayProcessor",
        "UnicastProcessor",
        "UnicastManySinkNoBackpressure",
        "SinkManyBestEffort",
        "SinkManyEmitterProcessor",
        "SinkManyReplayProcessor",
        "SinkManyUnicast",
        "SinkManyUnicastNoBackpressure",
    };

    /** One of several subscribers has set going what all of them hear of. */
    private static final String[] SHARED = {
        "FluxPublish",
        "FluxReplay",
        "MonoCacheTime",
        "MonoCacheInvalidateIf",
        "MonoCacheInvalidateWhen",
        "NextProcessor",
        "SinkEmptyMulticast",
        "SinkOneMulticast",
    };

    @Override
    public String name() {
        return "reactor";
    }

    @Override
    public void weave(Weaving weaving) {
        for (String source : FOREIGN) source(weaving, source, "Foreign");
        for (String source : SHARED) source(weaving, source, "Shared");
        // Executors that are no part of the JDK, and workers that run several tasks one after the other.
        String runnable = "java.lang.Runnable";
        weaving.type(SCHEDULER + "ExecutorScheduler$ExecutorPlainRunnable").method("<init>", "Task", runnable);
        weaving.type(SCHEDULER + "ExecutorScheduler$ExecutorTrackedRunnable").method("<init>", "Task", runnable);
        // Virtual threads: the end of one task starts the thread of the next. It had another name in its first version.
        for (String name : new String[] {"BoundedElasticThreadPerTask", "ThreadPerTaskBoundedElastic"}) {
            String scheduler = SCHEDULER + name + "Scheduler$";
            weaving.type(scheduler + "SchedulerTask")
                    .method("<init>", "TaskOfThread", scheduler + "SequentialThreadPerTaskExecutor", runnable, "long");
        }
    }

    private static void source(Weaving weaving, String name, String advice) {
        weaving.type(PUBLISHER + name)
                .exactly("subscribe", advice, "reactor.core.CoreSubscriber")
                .exactly("subscribeOrReturn", advice, "reactor.core.CoreSubscriber");
    }

    /** A subscriber without a context hears of a signal in that of whoever emits it: it is caused by that. */
    static final class Foreign {

        static CoreSubscriber<?> argument0(Object source, CoreSubscriber<?> actual) {
            Object context = Hooks.capture();
            return context == null ? actual : new Subscribed<>(actual, context);
        }
    }

    /** A subscriber without a context must not go on in that of the subscriber who came first. */
    static final class Shared {

        static CoreSubscriber<?> argument0(Object source, CoreSubscriber<?> actual) {
            return Hooks.armed() ? new Subscribed<>(actual, Hooks.capture()) : actual;
        }
    }

    /** Its thread may be in the context of the task before: having none is something to be carried, too. */
    static final class Task {

        static @Nullable Runnable argument0(@Nullable Runnable task) {
            return carried(task, Hooks.capture());
        }

        static @Nullable Runnable carried(@Nullable Runnable task, @Nullable Object context) {
            return task == null || !Hooks.armed() ? task : () -> InContext.run(context, task, Runnable::run);
        }
    }

    static final class TaskOfThread {

        static @Nullable Runnable argument1(Object holder, @Nullable Runnable task, long period) {
            // What is repeated outlives the run that happens to begin it, as in the JDK's schedulers.
            return Task.carried(task, period < 0 ? Hooks.capture() : null);
        }
    }
}
