package dev.weir.instrumentation.undertow;

import java.net.http.HttpClient;

/** The same over HTTP/2. */
class UndertowHttp2Test extends UndertowInstrumentationTest {

    @Override
    protected HttpClient.Version version() {
        return HttpClient.Version.HTTP_2;
    }
}
