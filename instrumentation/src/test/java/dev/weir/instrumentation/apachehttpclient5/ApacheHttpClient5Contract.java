package dev.weir.instrumentation.apachehttpclient5;

import dev.weir.instrumentation.testing.HttpClientContract;
import dev.weir.instrumentation.testing.Woven;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleHttpResponse;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How an application uses HttpClient 5, for what every client has to do. */
abstract class ApacheHttpClient5Contract extends HttpClientContract {

    @RegisterExtension
    final Woven woven = new Woven(new ApacheHttpClient5Instrumentation());

    private final List<CloseableHttpAsyncClient> started = new ArrayList<>();
    private final List<CloseableHttpClient> built = new ArrayList<>();

    // The library repeats what is answered with 503; the contract asks for one call.
    final CloseableHttpClient client =
            closing(HttpClients.custom().disableAutomaticRetries().build());
    final CloseableHttpAsyncClient asyncClient =
            started(HttpAsyncClients.custom().disableAutomaticRetries().build());

    final CloseableHttpClient closing(CloseableHttpClient client) {
        built.add(client);
        return client;
    }

    final CloseableHttpAsyncClient started(CloseableHttpAsyncClient client) {
        client.start();
        started.add(client);
        return client;
    }

    @AfterEach
    void stop() {
        for (CloseableHttpClient each : built) each.close(CloseMode.IMMEDIATE);
        for (CloseableHttpAsyncClient each : started) each.close(CloseMode.IMMEDIATE);
    }

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected Answer send(String method, URI uri, Map<String, String> headers, @Nullable String body)
            throws IOException {
        return send(client, method, uri, headers, body == null ? null : new StringEntity(body));
    }

    static Answer send(
            CloseableHttpClient client,
            String method,
            URI uri,
            Map<String, String> headers,
            @Nullable HttpEntity entity)
            throws IOException {
        HttpUriRequestBase request = new HttpUriRequestBase(method, uri);
        headers.forEach(request::setHeader);
        request.setEntity(entity);
        // In 5.0 a client without a chain fails when it has to make the context by itself.
        return client.execute(request, HttpClientContext.create(), ApacheHttpClient5Contract::answer);
    }

    static Answer answer(ClassicHttpResponse response) throws IOException {
        try {
            HttpEntity entity = response.getEntity();
            return new Answer(response.getCode(), entity == null ? "" : EntityUtils.toString(entity));
        } catch (org.apache.hc.core5.http.ParseException e) {
            throw new IOException(e);
        }
    }

    @Override
    protected CompletableFuture<Answer> sendAsync(
            String method, URI uri, Map<String, String> headers, @Nullable String body) {
        return sendAsync(asyncClient, method, uri, headers, body);
    }

    static CompletableFuture<Answer> sendAsync(
            CloseableHttpAsyncClient client,
            String method,
            URI uri,
            Map<String, String> headers,
            @Nullable String body) {
        CompletableFuture<Answer> future = new CompletableFuture<>();
        SimpleHttpRequest request = new SimpleHttpRequest(method, uri);
        headers.forEach(request::setHeader);
        if (body != null) request.setBody(body, ContentType.TEXT_PLAIN);
        client.execute(request, into(future));
        return future;
    }

    static FutureCallback<SimpleHttpResponse> into(CompletableFuture<Answer> future) {
        return new FutureCallback<>() {
            @Override
            public void completed(SimpleHttpResponse response) {
                String body = response.getBodyText();
                future.complete(new Answer(response.getCode(), body == null ? "" : body));
            }

            @Override
            public void failed(Exception thrown) {
                future.completeExceptionally(thrown);
            }

            @Override
            public void cancelled() {
                future.cancel(false);
            }
        };
    }

    @Override
    protected Answer sendOnce(URI uri, InputStream body) throws IOException {
        return send(client, "POST", uri, Map.of(), new InputStreamEntity(body, 6, ContentType.TEXT_PLAIN));
    }

    @Override
    protected Answer sendWithin(URI uri, long millis) throws IOException {
        HttpGet request = new HttpGet(uri);
        request.setConfig(RequestConfig.custom()
                .setResponseTimeout(Timeout.ofMilliseconds(millis))
                .build());
        return client.execute(request, ApacheHttpClient5Contract::answer);
    }
}
