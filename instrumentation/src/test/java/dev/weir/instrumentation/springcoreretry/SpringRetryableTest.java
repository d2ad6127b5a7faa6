package dev.weir.instrumentation.springcoreretry;

import dev.weir.instrumentation.testing.RetryLayerContract;
import dev.weir.instrumentation.testing.Woven;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;

/** {@code @Retryable} of Spring Framework 7 on methods that block. */
class SpringRetryableTest extends RetryLayerContract {

    // A proxy of an interface looks at the methods of the interface.
    interface Shop {

        @Retryable(maxRetries = 2, delay = 1)
        String call(Callable<String> action) throws Exception;
    }

    static class RetryingShop implements Shop {

        @Override
        public String call(Callable<String> action) throws Exception {
            return action.call();
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
    final Woven woven = new Woven(new SpringCoreRetryInstrumentation());

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
        return "spring-core";
    }

    @Override
    protected boolean hasAsynchronousForm() {
        return false;
    }

    @Override
    protected boolean retriesResults() {
        return false;
    }

    @Override
    protected String call(Callable<String> action) throws Exception {
        return application.getBean(Shop.class).call(action);
    }
}
