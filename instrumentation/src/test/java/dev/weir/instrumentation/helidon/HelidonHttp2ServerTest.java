package dev.weir.instrumentation.helidon;

import java.net.http.HttpClient;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** The same over HTTP/2. */
@EnabledForJreRange(min = JRE.JAVA_21)
class HelidonHttp2ServerTest extends HelidonWebServerInstrumentationTest {

    @Override
    protected HttpClient.Version version() {
        return HttpClient.Version.HTTP_2;
    }
}
