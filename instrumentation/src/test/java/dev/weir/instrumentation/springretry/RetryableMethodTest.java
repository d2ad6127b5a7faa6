package dev.weir.instrumentation.springretry;

import dev.weir.instrumentation.testing.RetryLayerContract;
import dev.weir.instrumentation.testing.Woven;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.DefaultIntroductionAdvisor;
import org.springframework.retry.annotation.AnnotationAwareRetryOperationsInterceptor;
import org.springframework.retry.annotation.Backoff;
import org.springframework.retry.annotation.Retryable;

/** {@code @Retryable} of Spring Retry, by the advice that {@code @EnableRetry} puts around beans. */
class RetryableMethodTest extends RetryLayerContract {

    interface Shop {

        String call(Callable<String> action) throws Exception;
    }

    static class RetryingShop implements Shop {

        @Override
        @Retryable(backoff = @Backoff(delay = 1))
        public String call(Callable<String> action) throws Exception {
            return action.call();
        }
    }

    @RegisterExtension
    final Woven woven = new Woven(new SpringRetryInstrumentation());

    private final Shop shop;

    RetryableMethodTest() {
        ProxyFactory proxies = new ProxyFactory(new RetryingShop());
        proxies.addAdvisor(new DefaultIntroductionAdvisor(new AnnotationAwareRetryOperationsInterceptor()));
        shop = (Shop) proxies.getProxy();
    }

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected String layer() {
        return "spring-retry";
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
        return shop.call(action);
    }
}
