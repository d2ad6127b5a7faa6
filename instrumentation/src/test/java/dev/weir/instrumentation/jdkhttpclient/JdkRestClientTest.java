package dev.weir.instrumentation.jdkhttpclient;

import dev.weir.instrumentation.testing.RestClientContract;
import dev.weir.instrumentation.testing.Woven;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;

/** Beneath Spring's {@code RestClient}. */
class JdkRestClientTest extends RestClientContract {

    @RegisterExtension
    final Woven woven = new Woven(new JdkHttpClientInstrumentation());

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected ClientHttpRequestFactory factory() {
        return new JdkClientHttpRequestFactory();
    }

    @Override
    protected boolean followsRedirects() {
        return false;
    }
}
