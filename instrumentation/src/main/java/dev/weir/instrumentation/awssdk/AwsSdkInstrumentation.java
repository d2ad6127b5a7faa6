package dev.weir.instrumentation.awssdk;

import dev.weir.bootstrap.WeakIdentityMap;
import dev.weir.instrumentation.shared.RetryLoop;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.Response;
import software.amazon.awssdk.core.internal.http.RequestExecutionContext;
import software.amazon.awssdk.core.internal.http.pipeline.RequestPipeline;

/** The retries of AWS SDK 2, blocking and asynchronous, which all its services share. */
public final class AwsSdkInstrumentation implements Instrumentation {

    @Override
    public String name() {
        return "aws-sdk";
    }

    @Override
    public void weave(Weaving weaving) {
        String stages = "software.amazon.awssdk.core.internal.http.pipeline.stages.";
        String dependencies = "software.amazon.awssdk.core.internal.http.HttpClientDependencies";
        String request = "software.amazon.awssdk.http.SdkHttpFullRequest";
        weaving.type(stages + "RetryableStage")
                .method("<init>", "Wrap", dependencies)
                .method("execute", "Execute", request);
        weaving.type(stages + "AsyncRetryableStage")
                .method(
                        "<init>",
                        "WrapAsync",
                        "software.amazon.awssdk.core.internal.http.TransformingAsyncResponseHandler",
                        dependencies)
                .method("execute", "Execute", request);
    }

    /** The loops of the calls that are being made; each call has a context of its own. */
    static final WeakIdentityMap<RetryLoop> LOOPS = new WeakIdentityMap<>(1 << 16);

    static final class Execute {

        static RetryLoop enter(Object stage, Object request, RequestExecutionContext context) {
            RetryLoop loop = new RetryLoop("aws-sdk", "aws-sdk").causedHere();
            LOOPS.put(context, loop);
            return loop;
        }

        static void exit(@Nullable RetryLoop loop, @Nullable Object result) {
            if (loop != null) loop.over(result);
        }
    }

    static final class Wrap {

        static <I, O> RequestPipeline<I, O> argument1(Object dependencies, RequestPipeline<I, O> tried) {
            return new Tries<>(tried);
        }
    }

    static final class WrapAsync {

        static <I, O> RequestPipeline<I, O> argument2(
                Object handler, Object dependencies, RequestPipeline<I, O> tried) {
            return new Tries<>(tried);
        }
    }

    /** The rest of the pipeline, a try each time. */
    static final class Tries<I, O> implements RequestPipeline<I, O> {

        private final RequestPipeline<I, O> tried;

        Tries(RequestPipeline<I, O> tried) {
            this.tried = tried;
        }

        @Override
        public O execute(I request, RequestExecutionContext context) throws Exception {
            RetryLoop loop = LOOPS.get(context);
            return loop == null
                    ? tried.execute(request, context)
                    : loop.attempt(() -> tried.execute(request, context), Tries::failure);
        }

        private static @Nullable Throwable failure(@Nullable Object result) {
            return result instanceof Response<?> response && Boolean.FALSE.equals(response.isSuccess())
                    ? response.exception()
                    : null;
        }
    }
}
