package dev.weir.instrumentation.googlehttpclient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.api.client.http.AbstractHttpContent;
import com.google.api.client.http.ByteArrayContent;
import com.google.api.client.http.GenericUrl;
import com.google.api.client.http.HttpContent;
import com.google.api.client.http.HttpHeaders;
import com.google.api.client.http.HttpRequest;
import com.google.api.client.http.HttpResponse;
import com.google.api.client.http.HttpTransport;
import com.google.api.client.http.apache.v2.ApacheHttpTransport;
import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.api.client.testing.http.javanet.MockHttpURLConnection;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.testing.RetryLayerContract;
import dev.weir.instrumentation.testing.WireServer;
import dev.weir.instrumentation.testing.Woven;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class GoogleHttpClientInstrumentationTest extends RetryLayerContract {

    @RegisterExtension
    final Woven woven = new Woven(new GoogleHttpClientInstrumentation());

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected String layer() {
        return "google-http-client";
    }

    // What fails below this client's retries is failed input and output.
    @Override
    protected String failure() {
        return " IOException";
    }

    // What executeAsync does is to execute on another thread.
    @Override
    protected boolean hasAsynchronousForm() {
        return false;
    }

    @Override
    protected String call(Callable<String> action) throws IOException {
        return text(request(transport(it -> it.answer(200, action.call())), "http://model.example", null));
    }

    @Override
    protected String callUntilGood(Callable<String> action) throws IOException {
        HttpTransport transport = transport(it -> {
            String text = action.call();
            it.answer(text.equals("bad") ? 503 : 200, text);
        });
        return text(request(transport, "http://model.example", null));
    }

    @Test
    @Tag("attempts")
    void retriesOverUrlConnectionsAreTries() throws Exception {
        retriesOnTheWireAreTries(new NetHttpTransport());
    }

    @Test
    @Tag("attempts")
    void retriesOverApacheAreTries() throws Exception {
        retriesOnTheWireAreTries(new ApacheHttpTransport());
    }

    private void retriesOnTheWireAreTries(HttpTransport transport) throws Exception {
        try (WireServer server = new WireServer((request, answer) -> {
            if (request.text().equals("order") && woven.agent().begun().size() < 3) answer.reply("503 Busy", "later");
            else answer.reply("200 OK", "done");
        })) {
            assertEquals(
                    "done",
                    text(request(transport, server.url("/orders"), ByteArrayContent.fromString(null, "order"))));
            assertTries(List.of(1, 2, 3));
            assertEquals(3, server.requests().size());
        } finally {
            transport.shutdown();
        }
    }

    /** The client follows redirects in the loop that retries. */
    @Test
    @Tag("attempts")
    void whatARedirectLeadsToIsNoTryOfTheSame() throws Exception {
        AtomicInteger sent = new AtomicInteger();
        HttpTransport transport = transport(it -> {
            int number = sent.incrementAndGet();
            if (number == 1) it.addHeader("Location", "/elsewhere");
            it.answer(number == 1 ? 302 : number == 2 ? 503 : 200, "done");
        });
        assertEquals("done", text(request(transport, "http://model.example", null)));
        assertEquals(
                List.of(1, 1, 2), facts().stream().map(each -> each.tryNumber()).toList());
        assertNull(facts().get(1).previousTry());
    }

    /** A new token is fetched, for example. */
    @Test
    @Tag("attempts")
    void whatHandlersDoBelongsToNoTry() throws Exception {
        AtomicInteger sent = new AtomicInteger();
        List<@Nullable Object> between = new ArrayList<>();
        HttpRequest request = request(
                transport(it -> it.answer(sent.incrementAndGet() == 1 ? 401 : 200, "done")),
                "http://model.example",
                null);
        request.setUnsuccessfulResponseHandler((failed, response, retries) -> {
            between.add(Hooks.capture());
            return call(() -> "token").equals("token");
        });
        assertEquals("done", text(request));
        assertEquals(
                List.of(1, 1, 2), facts().stream().map(each -> each.tryNumber()).toList());
        assertEquals(List.of("none", "none", "none"), woven.agent().parents(CallFacts.Kind.RETRY));
        assertNull(between.get(0));
        assertEquals(1, between.size());
    }

    @Test
    @Tag("attempts")
    void aTryThatCannotBeSentEnds() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        HttpContent broken = new AbstractHttpContent((String) null) {
            @Override
            public long getLength() {
                tries.incrementAndGet();
                throw new Unlucky(1);
            }

            @Override
            public void writeTo(OutputStream out) {}
        };
        HttpRequest request = request(transport(it -> it.answer(200, "done")), "http://model.example", broken);
        assertThrows(Unlucky.class, request::execute);
        assertEquals(1, tries.get());
        assertEquals(List.of("begin RETRY", "end RETRY Unlucky"), woven.agent().events());
    }

    @Test
    @Tag("attempts")
    void copiedHeadersAreNoTry() throws Exception {
        HttpRequest request = request(transport(it -> it.answer(200, "done")), "http://model.example", null);
        request.setInterceptor(sent -> new HttpHeaders().fromHttpHeaders(new HttpHeaders().setAccept("text/plain")));
        assertEquals("done", text(request));
        assertTries(List.of(1));
    }

    private static HttpRequest request(HttpTransport transport, String url, @Nullable HttpContent content)
            throws IOException {
        return transport
                .createRequestFactory()
                .buildRequest(content == null ? "GET" : "POST", new GenericUrl(url), content)
                .setNumberOfRetries(2)
                .setIOExceptionHandler((request, supportsRetry) -> supportsRetry)
                .setUnsuccessfulResponseHandler((request, response, supportsRetry) -> response.getStatusCode() >= 500);
    }

    private static String text(HttpRequest request) throws IOException {
        HttpResponse response = request.execute();
        try {
            return response.parseAsString();
        } finally {
            response.disconnect();
        }
    }

    private interface Answers {

        void answer(Connection connection) throws Exception;
    }

    /** The usual transport, with connections that send nothing anywhere. */
    private static HttpTransport transport(Answers answers) {
        return new NetHttpTransport.Builder()
                .setConnectionFactory(url -> new Connection(url, answers))
                .build();
    }

    private static final class Connection extends MockHttpURLConnection {

        private final Answers answers;

        Connection(URL url, Answers answers) {
            super(url);
            this.answers = answers;
        }

        @Override
        public void connect() throws IOException {
            try {
                answers.answer(this);
            } catch (Exception e) {
                throw new IOException(e);
            }
        }

        void answer(int status, String text) {
            setResponseCode(status);
            setInputStream(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
            setErrorStream(new ByteArrayInputStream(new byte[0]));
        }
    }
}
