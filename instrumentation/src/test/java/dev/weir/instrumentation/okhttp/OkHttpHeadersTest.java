package dev.weir.instrumentation.okhttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.testing.WireServer;
import dev.weir.instrumentation.testing.Woven;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import okhttp3.Headers;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whose headers are on the wire, and where else they are not. */
@Tag("header")
class OkHttpHeadersTest {

    @RegisterExtension
    final Woven woven = new Woven(new OkHttpInstrumentation());

    private final OkHttpClient client = new OkHttpClient();

    @BeforeEach
    void setHeaders() {
        woven.agent().pull(facts -> {
            facts.setHeader("traceparent", "from-weir");
            facts.setHeader("tracestate", "weir=1");
            facts.setHeader("baggage", "weir.op=1");
        });
    }

    @AfterEach
    void stop() {
        client.connectionPool().evictAll();
    }

    private static WireServer answering(String status) throws IOException {
        return new WireServer((request, answer) -> answer.reply(status, ""));
    }

    private static void send(OkHttpClient client, String url, Headers headers) throws IOException {
        client.newCall(new Request.Builder().url(url).headers(headers).build())
                .execute()
                .close();
    }

    private static Headers none() {
        return new Headers.Builder().build();
    }

    @Test
    void whatANetworkInterceptorHasWrittenSinceStays() throws Exception {
        try (WireServer server = answering("200 OK")) {
            OkHttpClient traced = client.newBuilder()
                    .addNetworkInterceptor(chain -> chain.proceed(chain.request()
                            .newBuilder()
                            .header("Traceparent", "from-another")
                            .build()))
                    .build();
            send(traced, server.url("/"), none());
            Map<String, String> seen = server.requests().get(0).headers();
            assertEquals("from-another", seen.get("traceparent"));
            assertNull(seen.get("tracestate"), "it belongs to the other traceparent");
            assertEquals("weir.op=1", seen.get("baggage"));
            HttpFacts facts = (HttpFacts) woven.agent().begun().get(0);
            assertEquals("from-another", facts.foreignTraceparent());
        }
    }

    /** A builder takes it over, {@code Headers.of} does not. */
    @Test
    void headerThatIsNotAsciiStays() throws Exception {
        try (WireServer server = answering("200 OK")) {
            Headers own = new Headers.Builder()
                    .addUnsafeNonAscii("X-Name", "Zo\u00eb")
                    .build();
            send(client, server.url("/"), own);
            Map<String, String> seen = server.requests().get(0).headers();
            byte[] name = seen.get("x-name").getBytes(StandardCharsets.ISO_8859_1);
            assertEquals("Zo\u00eb", new String(name, StandardCharsets.UTF_8));
            assertEquals("from-weir", seen.get("traceparent"));
            assertEquals("weir.op=1", seen.get("baggage"));
        }
    }

    /** The proxy is not whom the request is for. */
    @Test
    void headOfATunnelIsLeftAlone() throws Exception {
        try (WireServer proxy = answering("403 Forbidden")) {
            OkHttpClient tunnelling = client.newBuilder()
                    .proxy(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("127.0.0.1", proxy.port())))
                    .build();
            assertThrows(IOException.class, () -> send(tunnelling, "https://127.0.0.1:1/", none()));
            assertEquals("CONNECT 127.0.0.1:1 HTTP/1.1", proxy.requests().get(0).line());
            Map<String, String> seen = proxy.requests().get(0).headers();
            for (String name : List.of("traceparent", "tracestate", "baggage")) assertNull(seen.get(name), name);
        }
    }
}
