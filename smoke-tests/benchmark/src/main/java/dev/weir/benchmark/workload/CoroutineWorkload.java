package dev.weir.benchmark.workload;

import java.util.concurrent.CountDownLatch;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.intrinsics.IntrinsicsKt;
import kotlin.coroutines.jvm.internal.ContinuationImpl;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.CoroutineStart;
import kotlinx.coroutines.Dispatchers;
import kotlinx.coroutines.GlobalScope;
import kotlinx.coroutines.YieldKt;

/** Coroutines that are launched on the default dispatcher and suspended four times each, waiting for all of them together. */
final class CoroutineWorkload implements Workload {

    @Override
    public void run(int operations) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(operations);
        for (int i = 0; i < operations; i++) {
            BuildersKt.launch(
                    GlobalScope.INSTANCE,
                    Dispatchers.getDefault(),
                    CoroutineStart.DEFAULT,
                    (scope, next) -> new Body(next, done).invokeSuspend(Unit.INSTANCE));
        }
        done.await();
    }

    /** What the Kotlin compiler makes of a function that yields four times. */
    @SuppressWarnings("serial") // nobody writes it anywhere
    private static final class Body extends ContinuationImpl {

        private final CountDownLatch done;
        private int left = 4;

        @SuppressWarnings({"unchecked", "rawtypes"})
        Body(Continuation<? super Unit> next, CountDownLatch done) {
            super((Continuation) next);
            this.done = done;
        }

        @Override
        @SuppressWarnings({"unchecked", "rawtypes"})
        protected Object invokeSuspend(Object result) {
            while (left-- > 0) {
                Object yielded = YieldKt.yield((Continuation) this);
                if (yielded == IntrinsicsKt.getCOROUTINE_SUSPENDED()) return yielded;
            }
            done.countDown();
            return Unit.INSTANCE;
        }
    }
}
