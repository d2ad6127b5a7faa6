package dev.weir.instrumentation.azurecore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.policy.HttpPipelinePolicy;
import com.azure.core.http.policy.RetryPolicy;
import com.azure.core.http.policy.RetryStrategy;
import com.azure.core.util.Context;
import dev.weir.instrumentation.testing.RetryLayerContract;
import dev.weir.instrumentation.testing.Woven;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The SDK's pipeline with an HTTP client of the application's own. */
class AzureCoreInstrumentationTest extends RetryLayerContract {

    @RegisterExtension
    final Woven woven = new Woven(new AzureCoreInstrumentation());

    @Override
    protected boolean forgetsAtOnce() {
        return false;
    }

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected String layer() {
        return "azure-core";
    }

    // Old versions block until the asynchronous form is done, and may do so on a thread of their scheduler's only once.
    @Override
    protected boolean hasBlockingForm() {
        return Arrays.stream(RetryPolicy.class.getDeclaredMethods())
                .anyMatch(method -> method.getName().equals("attemptSync"));
    }

    @Override
    protected String call(Callable<String> action) {
        return send(request -> new Answer(request, 200, run(action)));
    }

    @Override
    protected String callUntilGood(Callable<String> action) {
        return send(request -> {
            String text = run(action);
            return new Answer(request, text.equals("bad") ? 503 : 200, text);
        });
    }

    @Override
    protected CompletionStage<String> callAsync(Supplier<CompletionStage<String>> action) {
        return sendAsync(pipeline((BlockingTransport) null, action)).toFuture();
    }

    @Test
    @Tag("attempts-async")
    void asynchronousAnswersThatSayNoAreRetried() {
        AtomicInteger sent = new AtomicInteger();
        HttpPipeline pipeline = new HttpPipelineBuilder()
                .policies(new RetryPolicy(new Strategy()))
                .httpClient(request -> Mono.just(new Answer(request, sent.incrementAndGet() < 3 ? 503 : 200, "done")))
                .build();
        assertEquals("done", sendAsync(pipeline).block());
        assertTries(List.of(1, 2, 3));
        assertEquals(
                List.of("begin RETRY", "end RETRY", "begin RETRY", "end RETRY", "begin RETRY", "end RETRY"),
                woven.agent().events());
    }

    /** Who subscribes twice sends twice, and each of these calls has tries of its own. */
    @Test
    @Tag("attempts-async")
    void eachSubscriptionIsACall() {
        AtomicInteger sent = new AtomicInteger();
        Mono<String> call = sendAsync(pipeline(
                (BlockingTransport) null,
                () -> sent.incrementAndGet() % 2 == 1
                        ? CompletableFuture.failedFuture(new Unlucky(1))
                        : CompletableFuture.completedFuture("done")));
        assertEquals("done", call.block());
        assertEquals("done", call.block());
        assertEquals(
                List.of(1, 2, 1, 2),
                facts().stream().map(each -> each.tryNumber()).toList());
        assertNull(facts().get(2).previousTry());
    }

    @Test
    @Tag("attempts-async")
    void aCancelledTryIsOver() {
        CompletableFuture<String> never = new CompletableFuture<>();
        Disposable call =
                sendAsync(pipeline((BlockingTransport) null, () -> never)).subscribe();
        call.dispose();
        assertEquals(
                List.of("begin RETRY", "end RETRY " + CancellationException.class.getSimpleName()),
                woven.agent().events());
    }

    /** Policies below have copies of the rest of the pipeline too. */
    @Test
    @Tag("attempts")
    void whatPoliciesBelowRepeatIsNoTryOfThisLayer() {
        AtomicInteger sent = new AtomicInteger();
        HttpPipelinePolicy repeating = (context, next) -> {
            var again = next.clone();
            return next.process().flatMap(first -> again.process());
        };
        HttpPipeline pipeline = new HttpPipelineBuilder()
                .policies(new RetryPolicy(new Strategy()), repeating)
                .httpClient(request -> {
                    sent.incrementAndGet();
                    return Mono.just(new Answer(request, 200, "done"));
                })
                .build();
        assertEquals("done", sendAsync(pipeline).block());
        assertEquals(2, sent.get());
        assertTries(List.of(1));
    }

    private interface BlockingTransport {

        HttpResponse send(HttpRequest request);
    }

    private static String send(BlockingTransport transport) {
        HttpPipeline pipeline = pipeline(transport, CompletableFuture::new);
        return text(pipeline.sendSync(request(), Context.NONE)).block();
    }

    private static Mono<String> sendAsync(HttpPipeline pipeline) {
        return pipeline.send(request()).flatMap(AzureCoreInstrumentationTest::text);
    }

    private static Mono<String> text(HttpResponse response) {
        return response.getBodyAsString();
    }

    private static HttpRequest request() {
        return new HttpRequest(HttpMethod.GET, "http://model.example");
    }

    private static HttpPipeline pipeline(BlockingTransport transport, Supplier<CompletionStage<String>> action) {
        return new HttpPipelineBuilder()
                .policies(new RetryPolicy(new Strategy()))
                .httpClient(new HttpClient() {
                    @Override
                    public Mono<HttpResponse> send(HttpRequest request) {
                        return transport == null
                                ? Mono.defer(() -> Mono.fromCompletionStage(action.get()))
                                        .map(text -> new Answer(request, 200, text))
                                : Mono.fromCallable(() -> transport.send(request));
                    }

                    @Override
                    public HttpResponse sendSync(HttpRequest request, Context context) {
                        return transport.send(request);
                    }
                })
                .build();
    }

    private static String run(Callable<String> action) {
        try {
            return action.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static final class Strategy implements RetryStrategy {

        @Override
        public int getMaxRetries() {
            return 2;
        }

        @Override
        public Duration calculateRetryDelay(int number) {
            return Duration.ofMillis(1);
        }

        @Override
        public boolean shouldRetry(HttpResponse response) {
            return response != null && response.getStatusCode() >= 500;
        }

        @Override
        public boolean shouldRetryException(Throwable thrown) {
            return thrown instanceof Unlucky;
        }
    }

    /** From nowhere. */
    private static final class Answer extends HttpResponse {

        private final int status;
        private final byte[] body;

        Answer(HttpRequest request, int status, String text) {
            super(request);
            this.status = status;
            this.body = text.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public int getStatusCode() {
            return status;
        }

        @Override
        @SuppressWarnings("deprecation") // Abstract all the same.
        public String getHeaderValue(String name) {
            return null;
        }

        @Override
        public HttpHeaders getHeaders() {
            return new HttpHeaders();
        }

        @Override
        public Flux<ByteBuffer> getBody() {
            return Flux.just(ByteBuffer.wrap(body));
        }

        @Override
        public Mono<byte[]> getBodyAsByteArray() {
            return Mono.just(body);
        }

        @Override
        public Mono<String> getBodyAsString() {
            return getBodyAsString(StandardCharsets.UTF_8);
        }

        @Override
        public Mono<String> getBodyAsString(Charset charset) {
            return Mono.just(new String(body, charset));
        }
    }
}
