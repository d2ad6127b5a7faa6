package dev.weir.instrumentation.temporalactivity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.weir.bootstrap.ScopeFacts;
import dev.weir.instrumentation.testing.RetryLayerContract;
import dev.weir.instrumentation.testing.Woven;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.activity.LocalActivityOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.RetryOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Workflows with one activity, against Temporal's own server for tests. */
class TemporalActivityInstrumentationTest extends RetryLayerContract {

    private static final String QUEUE = "orders";
    private static final Map<String, Callable<String>> actions = new ConcurrentHashMap<>();
    private static final AtomicInteger orders = new AtomicInteger();
    private static TestWorkflowEnvironment environment;

    @RegisterExtension
    final Woven woven = new Woven(new TemporalActivityInstrumentation());

    @ActivityInterface
    public interface Charging {

        String charge(String order);
    }

    public static final class Charge implements Charging {

        @Override
        public String charge(String order) {
            try {
                return actions.get(order).call();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    @WorkflowInterface
    public interface Ordering {

        @WorkflowMethod
        String order(String order, boolean locally);
    }

    public static final class Order implements Ordering {

        private static final RetryOptions RETRIES = RetryOptions.newBuilder()
                .setMaximumAttempts(3)
                .setInitialInterval(Duration.ofMillis(1))
                .build();

        @Override
        public String order(String order, boolean locally) {
            Charging charging = locally
                    ? Workflow.newLocalActivityStub(
                            Charging.class,
                            LocalActivityOptions.newBuilder()
                                    .setStartToCloseTimeout(Duration.ofSeconds(30))
                                    .setRetryOptions(RETRIES)
                                    .build())
                    : Workflow.newActivityStub(
                            Charging.class,
                            ActivityOptions.newBuilder()
                                    .setStartToCloseTimeout(Duration.ofSeconds(30))
                                    .setRetryOptions(RETRIES)
                                    .build());
            return charging.charge(order);
        }
    }

    @BeforeEach
    void start() {
        if (environment != null) return;
        environment = TestWorkflowEnvironment.newInstance(
                TestEnvironmentOptions.newBuilder().setUseTimeskipping(false).build());
        Worker worker = environment.newWorker(QUEUE);
        worker.registerWorkflowImplementationTypes(Order.class);
        worker.registerActivitiesImplementations(new Charge());
        environment.start();
    }

    @AfterAll
    static void stop() {
        environment.close();
        environment = null;
    }

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected String layer() {
        return "temporal";
    }

    // An activity blocks the thread that it runs on.
    @Override
    protected boolean hasAsynchronousForm() {
        return false;
    }

    @Override
    protected boolean retriesResults() {
        return false;
    }

    // The next one may be made by another process: what they have in common is what Temporal knows the activity by.
    @Override
    protected boolean knowsPreviousTry() {
        return false;
    }

    @Override
    protected String call(Callable<String> action) {
        return order(action, false);
    }

    @Test
    @Tag("attempts")
    void triesHaveTheIdentityThatTemporalKnowsThemBy() {
        AtomicInteger tries = new AtomicInteger();
        Callable<String> action = () -> {
            if (tries.incrementAndGet() == 1) throw new Unlucky(1);
            return "done";
        };
        assertEquals("done", order(action, false));
        assertEquals("done", order(action, false));
        List<ScopeFacts> facts = facts();
        assertEquals(List.of(1, 2, 1), facts.stream().map(ScopeFacts::tryNumber).toList());
        String[] identity = facts.get(0).identity();
        assertNotNull(identity);
        assertEquals(4, identity.length);
        for (String name : identity) assertNotNull(name);
        assertArrayEquals(identity, facts.get(1).identity());
        assertNotEquals(Arrays.asList(identity), Arrays.asList(facts.get(2).identity()));
    }

    @Test
    @Tag("attempts")
    void triesHaveTheTimeThatTemporalGivesThem() {
        order(() -> "done", false);
        assertEquals(30_000, facts().get(0).callerTimeoutMillis());
    }

    @Test
    @Tag("attempts")
    void localActivitiesAreFollowed() {
        AtomicInteger tries = new AtomicInteger();
        assertEquals(
                "done",
                order(
                        () -> {
                            if (tries.incrementAndGet() < 3) throw new Unlucky(tries.get());
                            return "done";
                        },
                        true));
        assertTries(List.of(1, 2, 3));
    }

    private static String order(Callable<String> action, boolean locally) {
        String order = "order " + orders.incrementAndGet();
        actions.put(order, action);
        try {
            return environment
                    .getWorkflowClient()
                    .newWorkflowStub(
                            Ordering.class,
                            WorkflowOptions.newBuilder().setTaskQueue(QUEUE).build())
                    .order(order, locally);
        } finally {
            actions.remove(order);
        }
    }
}
