package dev.weir.instrumentation.apachehttpclient5;

import dev.weir.instrumentation.testing.RestClientContract;
import dev.weir.instrumentation.testing.Woven;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;

/** Beneath Spring's {@code RestClient}. */
class HttpComponentsRestClientTest extends RestClientContract {

    @RegisterExtension
    final Woven woven = new Woven(new ApacheHttpClient5Instrumentation());

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected ClientHttpRequestFactory factory() {
        return new HttpComponentsClientHttpRequestFactory(
                HttpClients.custom().disableAutomaticRetries().build());
    }
}
