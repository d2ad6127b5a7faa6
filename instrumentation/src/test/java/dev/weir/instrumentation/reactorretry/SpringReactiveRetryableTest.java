package dev.weir.instrumentation.reactorretry;

import dev.weir.instrumentation.springcoreretry.SpringCoreRetryInstrumentation;
import dev.weir.instrumentation.testing.RetryLayerContract;
import dev.weir.instrumentation.testing.Woven;
import dev.weir.instrumentation.threads.ThreadsInstrumentation;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** {@code @Retryable} of Spring Framework 7 on methods that return a reactive type: it is made of {@code retryWhen}. */
class SpringReactiveRetryableTest extends RetryLayerContract {

    // A proxy of an interface looks at the methods of the interface.
    interface Shop {

        @Retryable(maxRetries = 2, delay = 1)
        Mono<String> call(Mono<String> action);
    }

    static class RetryingShop implements Shop {

        @Override
        public Mono<String> call(Mono<String> action) {
            return action;
        }
    }

    @Configuration
    @EnableResilientMethods
    static class Application {

        @Bean
        Shop shop() {
            return new RetryingShop();
        }
    }

    @RegisterExtension
    final Woven woven = new Woven(
            new ReactorRetryInstrumentation(), new SpringCoreRetryInstrumentation(), new ThreadsInstrumentation());

    private final AnnotationConfigApplicationContext application =
            new AnnotationConfigApplicationContext(Application.class);

    @AfterEach
    void close() {
        application.close();
    }

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected String layer() {
        return "reactor";
    }

    @Override
    protected boolean retriesResults() {
        return false;
    }

    private Mono<String> retrying(Mono<String> action) {
        return application.getBean(Shop.class).call(action);
    }

    // The operator tries again on Reactor's parallel threads: they are few, and nothing may block there.
    @Override
    protected String call(Callable<String> action) {
        return retrying(Mono.fromCallable(action).subscribeOn(Schedulers.boundedElastic()))
                .block();
    }

    @Override
    protected CompletionStage<String> callAsync(Supplier<CompletionStage<String>> action) {
        return retrying(Mono.defer(() -> Mono.fromCompletionStage(action.get())))
                .toFuture();
    }

    @Test
    @Tag("attempts")
    void triesAreFollowedOnce() throws Exception {
        assertFollowedOnce("spring-core-retry");
    }
}
