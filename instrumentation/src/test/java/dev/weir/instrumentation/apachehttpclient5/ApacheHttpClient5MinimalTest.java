package dev.weir.instrumentation.apachehttpclient5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleHttpResponse;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Clients without an execution chain. */
class ApacheHttpClient5MinimalTest extends ApacheHttpClient5Contract {

    private final CloseableHttpClient minimal = closing(HttpClients.createMinimal());
    private final CloseableHttpAsyncClient minimalAsync = started(HttpAsyncClients.createMinimal());

    @Override
    protected Answer send(String method, URI uri, Map<String, String> headers, @Nullable String body)
            throws IOException {
        return send(minimal, method, uri, headers, body == null ? null : new StringEntity(body));
    }

    @Override
    protected CompletableFuture<Answer> sendAsync(
            String method, URI uri, Map<String, String> headers, @Nullable String body) {
        return sendAsync(minimalAsync, method, uri, headers, body);
    }

    @Override
    protected Answer sendOnce(URI uri, InputStream body) throws IOException {
        return send(minimal, "POST", uri, Map.of(), new InputStreamEntity(body, 6, ContentType.TEXT_PLAIN));
    }

    @Override
    protected boolean followsRedirects() {
        return false;
    }

    @Override
    protected boolean hasOwnTimeout() {
        return false;
    }

    // The asynchronous one does not show them.
    @Override
    protected boolean hasReplayableBodies() {
        return false;
    }

    @Test
    @Tag("header")
    void applicationsRequestKeepsNoneOfOurHeaders() throws Exception {
        woven.agent().pull(facts -> {
            facts.setHeader("traceparent", "ours");
            facts.replaceHeader("X-App", "replaced");
        });
        SimpleHttpRequest request = new SimpleHttpRequest("GET", server().uri("/echo/x-app"));
        request.setHeader("X-App", "mine");
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        minimalAsync.execute(request, into(answer));
        assertEquals(new Answer(200, "replaced"), await(answer));
        assertNull(request.getFirstHeader("traceparent"));
        assertEquals("mine", request.getFirstHeader("X-App").getValue());
    }

    @Test
    @Tag("traced-async")
    void cancelledCallEnds() throws Exception {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        Future<SimpleHttpResponse> future =
                minimalAsync.execute(new SimpleHttpRequest("GET", server().uri("/hang")), into(answer));
        awaitReceived(1);
        assertTrue(future.cancel(true));
        assertTrue(answer.isCancelled());
        // Whether the exchange ends too is a race inside of HttpClient.
        server().release();
        woven.agent().awaitEnds(1);
        assertTrue(
                woven.agent().events().get(1).startsWith("end GET /hang "),
                woven.agent().events()::toString);
    }
}
