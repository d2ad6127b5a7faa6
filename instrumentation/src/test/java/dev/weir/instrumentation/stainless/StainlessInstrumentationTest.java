package dev.weir.instrumentation.stainless;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.openai.core.RequestOptions;
import com.openai.core.http.Headers;
import com.openai.core.http.HttpClient;
import com.openai.core.http.HttpMethod;
import com.openai.core.http.HttpRequest;
import com.openai.core.http.HttpResponse;
import com.openai.core.http.RetryingHttpClient;
import com.openai.errors.OpenAIIoException;
import dev.weir.instrumentation.testing.RetryLayerContract;
import dev.weir.instrumentation.testing.Woven;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** openai-java with an HTTP client of the application's own. */
class StainlessInstrumentationTest extends RetryLayerContract {

    @RegisterExtension
    final Woven woven = new Woven(new StainlessInstrumentation());

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected String layer() {
        return "openai-java";
    }

    // A response with a status of failure is what is retried.
    @Override
    protected String failure() {
        return "";
    }

    @Override
    protected String call(Callable<String> action) throws Exception {
        return new Transport(request -> Answer.of(action)).client().execute(request(), RequestOptions.none())
                        instanceof Answer answer
                ? answer.text()
                : "";
    }

    @Override
    protected CompletionStage<String> callAsync(Supplier<CompletionStage<String>> action) {
        Transport transport = new Transport(request -> {
            throw new AssertionError("blocking");
        });
        transport.async = request -> action.get()
                .<HttpResponse>handle((text, thrown) -> new Answer(text, thrown == null ? null : new Unlucky(0)))
                .toCompletableFuture();
        return transport
                .client()
                .executeAsync(request(), RequestOptions.none())
                .thenApply(answer -> ((Answer) answer).text());
    }

    @Override
    protected String callUntilGood(Callable<String> action) throws Exception {
        return call(() -> {
            String result = action.call();
            if (result.equals("bad")) throw new Unlucky(0);
            return result;
        });
    }

    @Test
    @Tag("attempts")
    void exceptionsAreTriesThatFailed() {
        OpenAIIoException broken = new OpenAIIoException("broken", new java.io.IOException());
        Transport transport = new Transport(request -> {
            throw broken;
        });
        assertEquals(
                broken,
                assertThrows(
                        OpenAIIoException.class, () -> transport.client().execute(request(), RequestOptions.none())));
        assertTries(List.of(1, 2, 3));
        assertEquals("end RETRY OpenAIIoException", woven.agent().events().get(5));

        transport.async = request -> CompletableFuture.failedFuture(broken);
        Throwable thrown = assertThrows(
                ExecutionException.class,
                () -> transport
                        .client()
                        .executeAsync(request(), RequestOptions.none())
                        .get());
        assertEquals(broken, thrown.getCause());
        assertEquals(
                List.of(1, 2, 3, 1, 2, 3),
                facts().stream().map(each -> each.tryNumber()).toList());
    }

    /** One request object may be sent by many calls. */
    @Test
    @Tag("attempts")
    void callsWithTheSameRequestKeepApart() {
        HttpRequest request = request();
        AtomicInteger sent = new AtomicInteger();
        List<HttpRequest> seen = new ArrayList<>();
        HttpClient client = new Transport(tried -> {
                    seen.add(tried);
                    return Answer.of(() -> {
                        if (sent.incrementAndGet() % 2 == 1) throw new Unlucky(1);
                        return "done";
                    });
                })
                .client();
        for (int i = 0; i < 2; i++) client.execute(request, RequestOptions.none());
        assertEquals(
                List.of(1, 2, 1, 2),
                facts().stream().map(each -> each.tryNumber()).toList());
        for (HttpRequest each : seen) assertNotSame(request, each);
        assertEquals(
                List.of(List.of("0"), List.of("1"), List.of("0"), List.of("1")),
                seen.stream()
                        .map(each -> each.headers().values("X-Stainless-Retry-Count"))
                        .toList());
    }

    static HttpRequest request() {
        HttpRequest.Builder builder = HttpRequest.builder().method(HttpMethod.GET);
        for (var method : builder.getClass().getMethods()) {
            if (!method.getName().matches("url|baseUrl")) continue;
            try {
                method.invoke(builder, "http://model.example");
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }
        return builder.build();
    }

    /** Sends nothing anywhere. */
    private static final class Transport implements HttpClient {

        private final Function<HttpRequest, HttpResponse> sync;
        Function<HttpRequest, CompletableFuture<HttpResponse>> async =
                request -> CompletableFuture.failedFuture(new AssertionError());

        Transport(Function<HttpRequest, HttpResponse> sync) {
            this.sync = sync;
        }

        HttpClient client() {
            return RetryingHttpClient.builder().httpClient(this).maxRetries(2).build();
        }

        @Override
        public HttpResponse execute(HttpRequest request, RequestOptions options) {
            return sync.apply(request);
        }

        @Override
        public CompletableFuture<HttpResponse> executeAsync(HttpRequest request, RequestOptions options) {
            return async.apply(request);
        }

        @Override
        public void close() {}
    }

    private record Answer(String text0, @Nullable Unlucky unlucky) implements HttpResponse {

        static Answer of(Callable<String> action) {
            try {
                return new Answer(action.call(), null);
            } catch (Unlucky e) {
                return new Answer("", e);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        String text() {
            if (unlucky != null) throw unlucky;
            return text0;
        }

        @Override
        public int statusCode() {
            return unlucky == null ? 200 : 503;
        }

        @Override
        public Headers headers() {
            return Headers.builder().put("Retry-After-Ms", "1").build();
        }

        @Override
        public InputStream body() {
            return InputStream.nullInputStream();
        }

        @Override
        public void close() {}
    }
}
