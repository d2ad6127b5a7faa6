package dev.weir.instrumentation.reactorretry;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import reactor.core.CorePublisher;
import reactor.util.retry.Retry;
import reactor.util.retry.RetrySpec;

/** {@code retry} and {@code retryWhen} of Reactor: each subscription to what stands above them is a try. */
public final class ReactorRetryInstrumentation implements Instrumentation {

    @Override
    public String name() {
        return "reactor-retry";
    }

    @Override
    public void weave(Weaving weaving) {
        // Flux and Mono share what is below.
        weaving.type("reactor.core.publisher.FluxRetryWhen")
                .exactly(
                        "subscribe",
                        "RetryWhen",
                        "reactor.core.CoreSubscriber",
                        "reactor.util.retry.Retry",
                        "reactor.core.CorePublisher");
        weaving.type("reactor.core.publisher.FluxRetry$RetrySubscriber")
                .method("<init>", "RetryTimes", "reactor.core.CorePublisher", "reactor.core.CoreSubscriber");
    }

    static final class RetryWhen {

        static CorePublisher<?> argument2(Object subscriber, Retry retry, CorePublisher<?> source) {
            return !Hooks.armed() || isOfLibrary(retry) ? source : Tried.of(source);
        }

        /** Reactor Netty's redirects, and what adapters mark as a library's own, are no tries of the application. */
        private static boolean isOfLibrary(Retry retry) {
            if (retry.getClass().getName().startsWith("dev.weir.")) return true;
            return retry instanceof RetrySpec spec
                    && spec.errorFilter.getClass().getName().startsWith("reactor.netty.");
        }
    }

    static final class RetryTimes {

        static CorePublisher<?> argument0(CorePublisher<?> source) {
            return Hooks.armed() ? Tried.of(source) : source;
        }
    }
}
