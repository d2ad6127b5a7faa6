package dev.weir.instrumentation.gax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.api.core.ApiFuture;
import com.google.api.core.ApiFutures;
import com.google.api.core.NanoClock;
import com.google.api.core.SettableApiFuture;
import com.google.api.gax.grpc.GrpcCallContext;
import com.google.api.gax.retrying.RetrySettings;
import com.google.api.gax.rpc.ApiCallContext;
import com.google.api.gax.rpc.ApiException;
import com.google.api.gax.rpc.Callables;
import com.google.api.gax.rpc.ClientContext;
import com.google.api.gax.rpc.ResponseObserver;
import com.google.api.gax.rpc.ServerStreamingCallSettings;
import com.google.api.gax.rpc.ServerStreamingCallable;
import com.google.api.gax.rpc.StatusCode;
import com.google.api.gax.rpc.StreamController;
import com.google.api.gax.rpc.UnaryCallSettings;
import com.google.api.gax.rpc.UnaryCallable;
import com.google.api.gax.rpc.UnavailableException;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.testing.RetryLayerContract;
import dev.weir.instrumentation.testing.Woven;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.threeten.bp.Duration;

class GaxInstrumentationTest extends RetryLayerContract {

    @RegisterExtension
    final Woven woven = new Woven(new GaxInstrumentation());

    private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(4);
    private final ClientContext client;
    private final RetrySettings settings = RetrySettings.newBuilder()
            .setMaxAttempts(3)
            .setInitialRetryDelay(Duration.ofMillis(1))
            .setMaxRetryDelay(Duration.ofMillis(2))
            .setRetryDelayMultiplier(1)
            .setInitialRpcTimeout(Duration.ofSeconds(20))
            .setMaxRpcTimeout(Duration.ofSeconds(20))
            .setRpcTimeoutMultiplier(1)
            .setTotalTimeout(Duration.ofSeconds(60))
            .build();

    GaxInstrumentationTest() throws Exception {
        client = ClientContext.newBuilder()
                .setExecutor(executor)
                .setClock(NanoClock.getDefaultClock())
                .setDefaultCallContext(GrpcCallContext.createDefault())
                .build();
    }

    @AfterEach
    void stop() {
        executor.shutdownNow();
    }

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected String layer() {
        return "gax";
    }

    @Override
    protected boolean retriesResults() {
        return false;
    }

    @Override
    protected String failure() {
        return " UnavailableException";
    }

    /** What a transport of gax does with a failure. */
    private static Throwable translated(Throwable thrown) {
        return thrown instanceof Unlucky ? new UnavailableException(thrown, new Unavailable(), true) : thrown;
    }

    private record Unavailable() implements StatusCode {

        @Override
        public Code getCode() {
            return Code.UNAVAILABLE;
        }

        @Override
        public Object getTransportCode() {
            return 14;
        }
    }

    private UnaryCallable<Callable<ApiFuture<String>>, String> retrying() {
        UnaryCallable<Callable<ApiFuture<String>>, String> transport = new UnaryCallable<>() {
            @Override
            public ApiFuture<String> futureCall(Callable<ApiFuture<String>> request, ApiCallContext context) {
                try {
                    return request.call();
                } catch (Throwable t) {
                    return ApiFutures.immediateFailedFuture(translated(t));
                }
            }
        };
        UnaryCallSettings.Builder<Callable<ApiFuture<String>>, String> retries =
                UnaryCallSettings.newUnaryCallSettingsBuilder();
        retries.setRetrySettings(settings).setRetryableCodes(Set.of(StatusCode.Code.UNAVAILABLE));
        return Callables.retrying(transport, retries.build(), client)
                .withDefaultCallContext(client.getDefaultCallContext());
    }

    @Override
    protected String call(Callable<String> action) throws Exception {
        return retrying().call(() -> ApiFutures.immediateFuture(action.call()));
    }

    @Override
    protected CompletionStage<String> callAsync(Supplier<CompletionStage<String>> action) {
        ApiFuture<String> future = retrying().futureCall(() -> {
            SettableApiFuture<String> answer = SettableApiFuture.create();
            action.get().whenComplete((result, thrown) -> {
                if (thrown == null) answer.set(result);
                else answer.setException(translated(thrown.getCause() == null ? thrown : thrown.getCause()));
            });
            return answer;
        });
        CompletableFuture<String> stage = new CompletableFuture<>();
        future.addListener(
                () -> {
                    try {
                        stage.complete(future.get());
                    } catch (ExecutionException | InterruptedException e) {
                        stage.completeExceptionally(e);
                    }
                },
                Runnable::run);
        return stage;
    }

    @Test
    @Tag("attempts-async")
    void everyTryOfAStreamIsAScope() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        List<Object> inside = Collections.synchronizedList(new ArrayList<>());
        ServerStreamingCallable<String, String> transport = new ServerStreamingCallable<>() {
            @Override
            public void call(String request, ResponseObserver<String> observer, ApiCallContext context) {
                inside.add(Hooks.capture());
                int number = tries.incrementAndGet();
                observer.onStart(new Pulled());
                executor.execute(() -> {
                    if (number < 3) {
                        observer.onError(translated(new Unlucky(number)));
                    } else {
                        observer.onResponse(request);
                        observer.onComplete();
                    }
                });
            }
        };
        ServerStreamingCallSettings.Builder<String, String> retries = ServerStreamingCallSettings.newBuilder();
        retries.setRetrySettings(settings).setRetryableCodes(Set.of(StatusCode.Code.UNAVAILABLE));
        List<String> answers = new ArrayList<>();
        Callables.retrying(transport, retries.build(), client)
                .withDefaultCallContext(client.getDefaultCallContext())
                .call("hello")
                .forEach(answers::add);
        assertEquals(List.of("hello"), answers);
        woven.agent().awaitEnds(3);
        assertTries(List.of(1, 2, 3));
        assertEquals(3, inside.stream().distinct().count());
        for (Object context : inside) assertNotNull(context);
    }

    /** A stream that takes its time from nobody. */
    private static final class Pulled implements StreamController {

        @Override
        public void cancel() {}

        @Override
        public void disableAutoInboundFlowControl() {}

        @Override
        public void request(int count) {}
    }

    @Test
    @Tag("attempts")
    void whatIsNotRetryableIsOneTry() {
        assertThrows(
                ApiException.class,
                () -> call(() -> {
                    throw new UnavailableException(new Unlucky(1), new Unavailable(), false);
                }));
        assertEquals(1, facts().size());
    }
}
