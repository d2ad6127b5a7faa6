package dev.weir.instrumentation.reactornetty;

import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.testing.RestClientContract;
import dev.weir.instrumentation.testing.Woven;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ReactorClientHttpRequestFactory;

/** Beneath Spring's {@code RestClient}. */
class RestClientTest extends RestClientContract {

    @RegisterExtension
    final Woven woven = new Woven(new ReactorNettyInstrumentation());

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected ClientHttpRequestFactory factory() {
        return new ReactorClientHttpRequestFactory();
    }

    @Override
    protected boolean followsRedirects() {
        return false;
    }

    // What ends a body comes out of the stream unchecked, as Reactor's block() throws it.
    @Override
    protected Class<? extends Throwable> timeout() {
        return Exception.class;
    }

    /** Spring says what it sends only when there is a connection. */
    @Override
    protected boolean isWhole(CallFacts facts) {
        return ((HttpFacts) facts).bodyLength() >= 0 || facts.header("Transfer-Encoding") != null;
    }
}
