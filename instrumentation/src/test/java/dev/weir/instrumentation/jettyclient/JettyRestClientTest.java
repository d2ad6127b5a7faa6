package dev.weir.instrumentation.jettyclient;

import dev.weir.instrumentation.testing.RestClientContract;
import dev.weir.instrumentation.testing.Woven;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.core.SpringVersion;
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

    /** Before Spring 7, whatever makes both the body and its end fail is a failure to suppress itself. */
    @Override
    protected Answer send(String method, URI uri, Map<String, String> headers, @Nullable String body) throws Exception {
        try {
            return super.send(method, uri, headers, body);
        } catch (IllegalArgumentException twice) {
            if (isBefore7() && twice.getCause() instanceof IOException cause) throw cause;
            throw twice;
        }
    }

    private static boolean isBefore7() {
        return Objects.requireNonNull(SpringVersion.getVersion()).startsWith("6.");
    }
}
