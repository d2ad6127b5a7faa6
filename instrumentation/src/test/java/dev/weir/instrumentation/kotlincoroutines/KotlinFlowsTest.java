package dev.weir.instrumentation.kotlincoroutines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.testing.Suspending;
import java.util.List;
import kotlin.Unit;
import kotlin.coroutines.CoroutineContext;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.CoroutineScope;
import kotlinx.coroutines.Dispatchers;
import kotlinx.coroutines.Job;
import kotlinx.coroutines.channels.Channel;
import kotlinx.coroutines.channels.ChannelKt;
import kotlinx.coroutines.flow.Flow;
import kotlinx.coroutines.flow.FlowCollector;
import kotlinx.coroutines.flow.FlowKt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Flows and channels. */
class KotlinFlowsTest extends CoroutinesFixture {

    private Flow<Object> numbers() {
        return FlowKt.flow(Suspending.<FlowCollector<? super Object>>of(
                        (collector, result, next) -> {
                            hear();
                            return collector.emit(1, unit(next));
                        },
                        (collector, result, next) -> delay(unit(next)),
                        (collector, result, next) -> {
                            hear();
                            return collector.emit(2, unit(next));
                        })
                .typed());
    }

    private Suspending<CoroutineScope> collecting(Flow<Object> flow) {
        return Suspending.of(
                (scope, result, next) -> flow.collect(
                        (item, then) -> {
                            hear();
                            return Unit.INSTANCE;
                        },
                        unit(next)),
                (scope, result, next) -> hear());
    }

    @Test
    @Tag("traced-async")
    void flows() throws Exception {
        for (CoroutineContext dispatcher : List.of(Dispatchers.getIO(), ofPool, Dispatchers.getUnconfined())) {
            assertCarried(() -> launch(Dispatchers.getDefault(), collecting(FlowKt.flowOn(numbers(), dispatcher))));
            assertEquals(5, heard.size());
            assertCarried(() -> launch(dispatcher, collecting(FlowKt.buffer(numbers(), 4, overflow()))));
        }
        assertCarried(() -> launch(Dispatchers.getDefault(), collecting(numbers())));
    }

    private static kotlinx.coroutines.channels.BufferOverflow overflow() {
        return kotlinx.coroutines.channels.BufferOverflow.SUSPEND;
    }

    /** A flow's items must come from the context that it is collected in, as far as the library can see. */
    @Test
    @Tag("traced-async")
    void scopesInsideAFlowAreNoOtherContextForTheLibrary() throws Exception {
        Flow<Object> flow = FlowKt.flow(Suspending.<FlowCollector<? super Object>>of((collector, result, next) -> {
                    Call tool = scope("tool");
                    try {
                        return BuildersKt.withContext(
                                EmptyCoroutineContext.INSTANCE,
                                Suspending.<CoroutineScope>of((scope, nothing, then) -> collector.emit(1, unit(then)))
                                        .<Object>typed(),
                                next);
                    } finally {
                        Hooks.end(tool, 0, null);
                    }
                })
                .typed());
        Call run = scope("run");
        Job job = launch(Dispatchers.getDefault(), collecting(flow));
        Hooks.leave(run);
        await(job);
        Hooks.end(run, 0, null);
        assertEquals(2, heard.size());
    }

    @Test
    @Tag("traced-async")
    void whoReceivesFromAChannelIsNotCausedByWhoSends() throws Exception {
        Channel<Object> channel = ChannelKt.Channel(1, overflow(), null);
        Job receiving = launch(
                ofPool,
                Suspending.of(
                        (scope, result, next) -> channel.receive(next),
                        (scope, result, next) -> {
                            hear();
                            return channel.receive(next);
                        },
                        (scope, result, next) -> hear()));
        assertNull(Hooks.capture());
        Call sender = scope("sender");
        Job sending = launch(
                ofPool,
                Suspending.of(
                        (scope, result, next) -> channel.send(1, unit(next)),
                        (scope, result, next) -> channel.send(2, unit(next))));
        Hooks.leave(sender);
        await(sending);
        await(receiving);
        Hooks.end(sender, 0, null);
        assertEquals(List.of(NOTHING, NOTHING), heard);
    }
}
