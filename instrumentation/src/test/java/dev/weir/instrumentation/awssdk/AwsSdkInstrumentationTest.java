package dev.weir.instrumentation.awssdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weir.instrumentation.testing.RetryLayerContract;
import dev.weir.instrumentation.testing.Woven;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.core.retry.RetryPolicy;
import software.amazon.awssdk.core.retry.backoff.BackoffStrategy;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeException;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;

/** Amazon Bedrock with an HTTP client of the application's own. */
class AwsSdkInstrumentationTest extends RetryLayerContract {

    private static final InvokeModelRequest QUESTION = InvokeModelRequest.builder()
            .modelId("any")
            .body(SdkBytes.fromUtf8String("{}"))
            .build();

    @RegisterExtension
    final Woven woven = new Woven(new AwsSdkInstrumentation());

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected String layer() {
        return "aws-sdk";
    }

    // What fails below the SDK's retries is failed input and output.
    @Override
    protected String failure() {
        return " IOException";
    }

    @Override
    protected String call(Callable<String> action) {
        return ask(() -> {
            try {
                return answer(200, action.call());
            } catch (Exception e) {
                throw new IOException(e);
            }
        });
    }

    @Override
    protected String callUntilGood(Callable<String> action) {
        return ask(() -> {
            String text = action.call();
            return answer(text.equals("bad") ? 503 : 200, text);
        });
    }

    @Override
    protected CompletionStage<String> callAsync(Supplier<CompletionStage<String>> action) {
        BedrockRuntimeAsyncClient client = configured(BedrockRuntimeAsyncClient.builder())
                .httpClient(new AsyncTransport(action))
                .build();
        return client.invokeModel(QUESTION)
                .thenApply(response -> response.body().asUtf8String());
    }

    @Test
    @Tag("attempts")
    void answersThatSayNoAreTriesThatFailed() {
        assertThrows(BedrockRuntimeException.class, () -> ask(() -> answer(503, "{}")));
        assertTries(List.of(1, 2, 3));
        assertEquals("end RETRY BedrockRuntimeException", woven.agent().events().get(5));
    }

    private static String ask(Callable<HttpExecuteResponse> transport) {
        try (BedrockRuntimeClient client = configured(BedrockRuntimeClient.builder())
                .httpClient(new Transport(transport))
                .build()) {
            return client.invokeModel(QUESTION).body().asUtf8String();
        }
    }

    @SuppressWarnings("deprecation") // The oldest versions know no other way.
    private static <B extends AwsClientBuilder<B, C>, C> B configured(B builder) {
        RetryPolicy policy = RetryPolicy.builder(RetryMode.STANDARD)
                .numRetries(2)
                .backoffStrategy(BackoffStrategy.none())
                .throttlingBackoffStrategy(BackoffStrategy.none())
                .build();
        return builder.region(Region.US_EAST_1)
                .credentialsProvider(AnonymousCredentialsProvider.create())
                .endpointOverride(URI.create("http://model.example"))
                .overrideConfiguration(configuration -> configuration.retryPolicy(policy));
    }

    private static HttpExecuteResponse answer(int status, String text) {
        return HttpExecuteResponse.builder()
                .response(SdkHttpResponse.builder().statusCode(status).build())
                .responseBody(
                        AbortableInputStream.create(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))))
                .build();
    }

    /** Sends nothing anywhere. */
    private record Transport(Callable<HttpExecuteResponse> answers) implements SdkHttpClient {

        @Override
        public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
            return new ExecutableHttpRequest() {
                @Override
                public HttpExecuteResponse call() throws IOException {
                    try {
                        return answers.call();
                    } catch (IOException | RuntimeException e) {
                        throw e;
                    } catch (Exception e) {
                        throw new IOException(e);
                    }
                }

                @Override
                public void abort() {}
            };
        }

        @Override
        public void close() {}
    }

    private record AsyncTransport(Supplier<CompletionStage<String>> answers) implements SdkAsyncHttpClient {

        @Override
        public CompletableFuture<Void> execute(AsyncExecuteRequest request) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            answers.get().whenComplete((text, thrown) -> {
                if (thrown != null) {
                    IOException failure = new IOException(thrown);
                    request.responseHandler().onError(failure);
                    done.completeExceptionally(failure);
                    return;
                }
                request.responseHandler()
                        .onHeaders(SdkHttpResponse.builder().statusCode(200).build());
                request.responseHandler()
                        .onStream(subscriber -> subscriber.onSubscribe(new Subscription() {
                            private boolean sent;

                            @Override
                            public void request(long n) {
                                if (sent) return;
                                sent = true;
                                subscriber.onNext(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
                                subscriber.onComplete();
                                done.complete(null);
                            }

                            @Override
                            public void cancel() {}
                        }));
            });
            return done;
        }

        @Override
        public void close() {}
    }
}
