package dev.weir.instrumentation.ktor;

import dev.weir.instrumentation.testing.HttpClientContract;
import io.ktor.client.HttpClient;
import io.ktor.client.HttpClientConfig;
import io.ktor.client.HttpClientKt;
import io.ktor.client.engine.HttpClientEngineFactory;
import io.ktor.client.request.HttpRequestBuilder;
import io.ktor.client.statement.HttpResponse;
import io.ktor.client.statement.HttpResponseKt;
import io.ktor.client.statement.HttpStatement;
import io.ktor.http.ContentType;
import io.ktor.http.HttpMethod;
import io.ktor.http.URLParserKt;
import io.ktor.http.content.OutgoingContent;
import io.ktor.http.content.OutputStreamContent;
import io.ktor.http.content.TextContent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import kotlin.Unit;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlinx.coroutines.BuildersKt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/**
 * How an application uses the Ktor client, for what every client has to do. The blocking form is {@code runBlocking}; the
 * asynchronous one is a coroutine without a dispatcher, which goes on wherever the engine resumes it.
 */
abstract class KtorContract extends HttpClientContract {

    private final List<HttpClient> built = new CopyOnWriteArrayList<>();
    private @Nullable HttpClient usual;

    abstract HttpClientEngineFactory<?> engine();

    /** Sets the engine up so that it repeats nothing that it was answered. */
    void engine(HttpClientConfig<?> config) {}

    final synchronized HttpClient client() {
        HttpClient client = usual;
        if (client == null) usual = client = built(config -> {});
        return client;
    }

    final HttpClient built(Consumer<HttpClientConfig<?>> configure) {
        HttpClient client = HttpClientKt.HttpClient(engine(), config -> {
            engine(config);
            configure.accept(config);
            return Unit.INSTANCE;
        });
        built.add(client);
        return client;
    }

    @AfterEach
    void closeClients() {
        for (HttpClient each : built) each.close();
    }

    @Override
    protected Answer send(String method, URI uri, Map<String, String> headers, @Nullable String body) throws Exception {
        return send(client(), request(method, uri, headers, body));
    }

    static HttpRequestBuilder request(String method, URI uri, Map<String, String> headers, @Nullable String body) {
        HttpRequestBuilder request = new HttpRequestBuilder();
        URLParserKt.takeFrom(request.getUrl(), uri.toString());
        request.setMethod(new HttpMethod(method));
        headers.forEach(request.getHeaders()::set);
        if (body != null) request.setBody(new TextContent(body, ContentType.Text.INSTANCE.getPlain(), null));
        return request;
    }

    static Answer send(HttpClient client, HttpRequestBuilder request) throws Exception {
        HttpStatement statement = new HttpStatement(request, client);
        HttpResponse response =
                BuildersKt.runBlocking(EmptyCoroutineContext.INSTANCE, (scope, next) -> statement.execute(next));
        String body = BuildersKt.runBlocking(
                EmptyCoroutineContext.INSTANCE,
                (scope, next) -> HttpResponseKt.bodyAsText(response, StandardCharsets.UTF_8, next));
        return new Answer(response.getStatus().getValue(), body);
    }

    @Override
    protected CompletableFuture<Answer> sendAsync(
            String method, URI uri, Map<String, String> headers, @Nullable String body) {
        return sendAsync(client(), request(method, uri, headers, body));
    }

    static CompletableFuture<Answer> sendAsync(HttpClient client, HttpRequestBuilder request) {
        HttpStatement statement = new HttpStatement(request, client);
        return Coroutine.<HttpResponse>start(statement::execute)
                .thenCompose(response -> Coroutine.<String>start(
                                next -> HttpResponseKt.bodyAsText(response, StandardCharsets.UTF_8, next))
                        .thenApply(text -> new Answer(response.getStatus().getValue(), text)));
    }

    @Override
    protected Answer sendOnce(URI uri, InputStream body) throws Exception {
        HttpRequestBuilder request = request("POST", uri, Map.of(), null);
        OutgoingContent once = new OutputStreamContent(
                (out, next) -> {
                    try {
                        body.transferTo(out);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    return Unit.INSTANCE;
                },
                ContentType.Text.INSTANCE.getPlain(),
                null,
                null);
        request.setBody(once);
        return send(client(), request);
    }

    @Override
    protected Answer sendWithin(URI uri, long millis) throws Exception {
        HttpClient limited = built(config ->
                config.install(Plugins.named("HttpTimeout"), Plugins.with("setRequestTimeoutMillis", millis)));
        return send(limited, request("GET", uri, Map.of(), null));
    }

    // Ktor wraps what ends a body, or does not, as its coroutines are scheduled.
    @Override
    protected String told(Throwable thrown) {
        return thrown instanceof IOException ? IOException.class.getName() : super.told(thrown);
    }

    @Override
    protected Throwable reason(Throwable thrown) {
        Throwable cause = thrown.getCause();
        return cause == null ? thrown : reason(cause);
    }
}
