package dev.weir.instrumentation.vertx;

import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import io.vertx.core.Completable;
import io.vertx.core.Handler;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What an application hands to Vert.x to be run later is caused by what it was doing then: listeners and mappers of futures,
 * one-shot timers, blocking code, handlers of the bodies of requests and responses. Event loops themselves are nobody's.
 */
public final class VertxInstrumentation implements Instrumentation {

    private static final String HANDLER = "io.vertx.core.Handler";
    private static final String FUNCTION = "java.util.function.Function";
    private static final String CALLABLE = "java.util.concurrent.Callable";
    private static final String FUTURES = "io.vertx.core.impl.future.";
    private static final String HTTP = "io.vertx.core.http.impl.";

    @Override
    public String name() {
        return "vertx";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type(FUTURES + "FutureBase")
                .exactly("compose", "Functions", FUNCTION, FUNCTION)
                .exactly("transform", "First", FUNCTION)
                .exactly("map", "First", FUNCTION)
                .exactly("otherwise", "First", FUNCTION)
                .exactly("eventually", "First", FUNCTION)
                .exactly("eventually", "Supplied", "java.util.function.Supplier")
                .exactly("onComplete", "Completed", "io.vertx.core.Completable");
        for (String future : new String[] {"FutureImpl", "SucceededFuture", "FailedFuture"}) {
            weaving.type(FUTURES + future)
                    .exactly("onSuccess", "Handled", HANDLER)
                    .exactly("onFailure", "Handled", HANDLER)
                    .exactly("onComplete", "Handled", HANDLER)
                    .exactly("onComplete", "TwiceHandled", HANDLER, HANDLER)
                    .exactly("onComplete", "Completed", "io.vertx.core.Completable")
                    .exactly("otherwise", "First", FUNCTION)
                    .exactly("map", "First", FUNCTION);
        }
        weaving.type("io.vertx.core.impl.VertxImpl").exactly("setTimer", "Timer", "long", HANDLER);
        // 5 and 4.5.
        weaving.type("io.vertx.core.internal.ContextInternal").exactly("runOnContext", "Handled", HANDLER);
        weaving.type("io.vertx.core.impl.ContextInternal").exactly("runOnContext", "Handled", HANDLER);
        weaving.type("io.vertx.core.impl.ExecuteBlocking")
                .method(
                        "executeBlocking",
                        "Blocking5",
                        "io.vertx.core.internal.WorkerPool",
                        "io.vertx.core.internal.ContextInternal",
                        CALLABLE);
        weaving.type("io.vertx.core.impl.ContextImpl")
                .method("executeBlocking", "Blocking4", "io.vertx.core.impl.ContextInternal", CALLABLE)
                .method("executeBlocking", "Blocking4Handler", "io.vertx.core.impl.ContextInternal", HANDLER);
        for (String stream : new String[] {
            "HttpClientResponseImpl",
            "Http1xServerRequest",
            "Http2ServerRequest",
            "HttpServerRequestImpl",
            "http1.Http1ServerRequest"
        }) {
            weaving.type(HTTP + stream)
                    .exactly("handler", "Handled", HANDLER)
                    .exactly("endHandler", "Handled", HANDLER)
                    .exactly("exceptionHandler", "Handled", HANDLER);
        }
        weaving.type(HTTP + "HttpClientRequestImpl").exactly("exceptionHandler", "Handled", HANDLER);
    }

    static final class Handled {

        static @Nullable Handler<?> argument0(Object receiver, @Nullable Handler<?> handler) {
            return HandedOver.handler(handler);
        }
    }

    static final class TwiceHandled {

        static @Nullable Handler<?> argument0(Object future, @Nullable Handler<?> handler) {
            return HandedOver.handler(handler);
        }

        static @Nullable Handler<?> argument1(
                Object future, @Nullable Handler<?> succeeded, @Nullable Handler<?> failed) {
            return HandedOver.handler(failed);
        }
    }

    static final class First {

        static @Nullable Function<?, ?> argument0(Object future, @Nullable Function<?, ?> function) {
            return HandedOver.function(function);
        }
    }

    static final class Functions {

        static @Nullable Function<?, ?> argument0(Object future, @Nullable Function<?, ?> function) {
            return HandedOver.function(function);
        }

        static @Nullable Function<?, ?> argument1(
                Object future, @Nullable Function<?, ?> succeeded, @Nullable Function<?, ?> failed) {
            return HandedOver.function(failed);
        }
    }

    static final class Supplied {

        static @Nullable Supplier<?> argument0(Object future, @Nullable Supplier<?> supplier) {
            return HandedOver.supplier(supplier);
        }
    }

    static final class Completed {

        static @Nullable Completable<?> argument0(Object future, @Nullable Completable<?> completable) {
            return CompletingInContext.of(completable);
        }
    }

    static final class Timer {

        static @Nullable Handler<?> argument1(Object vertx, long delay, @Nullable Handler<?> handler) {
            return HandedOver.handler(handler);
        }
    }

    static final class Blocking5 {

        static @Nullable Callable<?> argument2(Object pool, Object context, @Nullable Callable<?> code) {
            return HandedOver.callable(code);
        }
    }

    static final class Blocking4 {

        static @Nullable Callable<?> argument1(Object context, @Nullable Callable<?> code) {
            return HandedOver.callable(code);
        }
    }

    static final class Blocking4Handler {

        static @Nullable Handler<?> argument1(Object context, @Nullable Handler<?> code) {
            return HandedOver.handler(code);
        }
    }
}
