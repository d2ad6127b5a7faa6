package dev.weir.instrumentation.stainless;

import com.anthropic.core.RequestOptions;
import com.anthropic.core.http.Headers;
import com.anthropic.core.http.HttpClient;
import com.anthropic.core.http.HttpMethod;
import com.anthropic.core.http.HttpRequest;
import com.anthropic.core.http.HttpResponse;
import com.anthropic.core.http.RetryingHttpClient;
import com.anthropic.errors.AnthropicIoException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** anthropic-java. */
class AnthropicRetryTest extends StainlessContract<HttpClient, HttpRequest, HttpResponse> {

    AnthropicRetryTest() {
        super(HttpClient.class, HttpResponse.class);
    }

    @Override
    protected String layer() {
        return "anthropic-java";
    }

    @Override
    HttpResponse execute(HttpClient client, HttpRequest request) {
        return retrying(client).execute(request, RequestOptions.none());
    }

    @Override
    CompletableFuture<HttpResponse> executeAsync(HttpClient client, HttpRequest request) {
        return retrying(client).executeAsync(request, RequestOptions.none());
    }

    private static HttpClient retrying(HttpClient client) {
        return RetryingHttpClient.builder().httpClient(client).maxRetries(2).build();
    }

    @Override
    HttpRequest request() {
        return addressed(HttpRequest.builder().method(HttpMethod.GET)).build();
    }

    @Override
    Object hurry() {
        return Headers.builder().put("Retry-After-Ms", "1").build();
    }

    @Override
    List<String> header(HttpRequest request, String name) {
        return request.headers().values(name);
    }

    @Override
    RuntimeException broken() {
        return new AnthropicIoException("broken", new IOException());
    }
}
