package dev.weir.instrumentation.vertx;

import java.net.http.HttpClient;

/** The same over HTTP/2, which Vert.x serves with other classes. */
class VertxHttp2ServerTest extends VertxHttpServerInstrumentationTest {

    @Override
    protected HttpClient.Version version() {
        return HttpClient.Version.HTTP_2;
    }
}
