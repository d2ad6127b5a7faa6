package dev.weir.instrumentation.temporalactivity;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.ScopeFacts;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import io.temporal.activity.ActivityInfo;
import io.temporal.internal.worker.ActivityTaskHandler;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Temporal's activities, remote and local: each attempt is a try of the activity, on whatever worker it is made. */
public final class TemporalActivityInstrumentation implements Instrumentation {

    @Override
    public String name() {
        return "temporal-activity";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type("io.temporal.internal.activity.ActivityTaskExecutors$BaseActivityTaskExecutor")
                .method("execute", "Execute", "io.temporal.internal.activity.ActivityInfoInternal");
    }

    static final class Execute {

        static @Nullable Call enter(Object executor, ActivityInfo activity) {
            return Hooks.begin(new Attempt(activity));
        }

        static void exit(@Nullable Call call, ActivityTaskHandler.@Nullable Result result, @Nullable Throwable thrown) {
            if (call == null) return;
            ActivityTaskHandler.Result.TaskFailedResult failed = result == null ? null : result.getTaskFailed();
            Hooks.end(call, 0, failed == null ? thrown : failed.getFailure());
        }
    }

    private static final class Attempt extends ScopeFacts {

        private final ActivityInfo activity;

        Attempt(ActivityInfo activity) {
            super(Kind.RETRY, "temporal-activity", "temporal");
            this.activity = activity;
        }

        @Override
        @SuppressWarnings("deprecation") // What replaces getRunId is not in old versions.
        public String @Nullable [] identity() {
            String workflow = activity.getWorkflowId();
            String run = activity.getRunId();
            // An activity without a workflow has none.
            return workflow == null || run == null
                    ? null
                    : new String[] {activity.getNamespace(), workflow, run, activity.getActivityId()};
        }

        @Override
        public int tryNumber() {
            return activity.getAttempt();
        }

        @Override
        public long callerTimeoutMillis() {
            Duration most = activity.getStartToCloseTimeout();
            return most == null ? 0 : most.toMillis();
        }
    }
}
