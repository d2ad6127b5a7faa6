package dev.weir.instrumentation.jettyclient;

import dev.weir.instrumentation.testing.RestClientContract;
import dev.weir.instrumentation.testing.Woven;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.JettyClientHttpRequestFactory;

/** Beneath Spring's {@code RestClient}. */
class JettyRestClientTest extends RestClientContract {

    @RegisterExtension
    final Woven woven = new Woven(new JettyClientInstrumentation());

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected ClientHttpRequestFactory factory() {
        return new JettyClientHttpRequestFactory();
    }
}
