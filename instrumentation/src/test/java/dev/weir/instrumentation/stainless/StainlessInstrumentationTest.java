package dev.weir.instrumentation.stainless;

import com.openai.core.RequestOptions;
import com.openai.core.http.Headers;
import com.openai.core.http.HttpClient;
import com.openai.core.http.HttpMethod;
import com.openai.core.http.HttpRequest;
import com.openai.core.http.HttpResponse;
import com.openai.core.http.RetryingHttpClient;
import com.openai.errors.OpenAIIoException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** openai-java. */
class StainlessInstrumentationTest extends StainlessContract<HttpClient, HttpRequest, HttpResponse> {

    StainlessInstrumentationTest() {
        super(HttpClient.class, HttpResponse.class);
    }

    @Override
    protected String layer() {
        return "openai-java";
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
        return new OpenAIIoException("broken", new IOException());
    }
}
