package dev.weir.instrumentation.stainless;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weir.instrumentation.testing.RetryLayerContract;
import dev.weir.instrumentation.testing.Woven;
import java.io.InputStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
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

/**
 * What holds for both SDKs of one generator, whose classes differ in their packages: each with an HTTP client of the
 * application's own, which sends nothing anywhere.
 *
 * @param <C> the SDK's {@code HttpClient}
 * @param <Q> its {@code HttpRequest}
 * @param <R> its {@code HttpResponse}
 */
abstract class StainlessContract<C, Q, R> extends RetryLayerContract {

    @RegisterExtension
    final Woven woven = new Woven(new StainlessInstrumentation());

    private final Class<C> client;
    private final Class<R> response;

    StainlessContract(Class<C> client, Class<R> response) {
        this.client = client;
        this.response = response;
    }

    // ---- the SDK

    /** Sends a request with this client below the SDK's retries, with up to three tries. */
    abstract R execute(C client, Q request);

    abstract CompletableFuture<R> executeAsync(C client, Q request);

    abstract Q request();

    /** Headers that ask for another try after a millisecond. */
    abstract Object hurry();

    abstract List<String> header(Q request, String name);

    /** What the SDK throws when the network fails. */
    abstract RuntimeException broken();

    // ---- the contract

    @Override
    protected final Woven woven() {
        return woven;
    }

    // A response with a status of failure is what is retried.
    @Override
    protected final String failure() {
        return "";
    }

    @Override
    protected final String call(Callable<String> action) {
        return text(execute(client(request -> answer(action)), request()));
    }

    @Override
    protected final CompletionStage<String> callAsync(Supplier<CompletionStage<String>> action) {
        C client = asyncClient(request -> action.get()
                .handle((text, thrown) -> answer(text, thrown == null ? null : new Unlucky(0)))
                .toCompletableFuture());
        return executeAsync(client, request()).thenApply(this::text);
    }

    @Override
    protected final String callUntilGood(Callable<String> action) {
        return call(() -> {
            String result = action.call();
            if (result.equals("bad")) throw new Unlucky(0);
            return result;
        });
    }

    @Test
    @Tag("attempts")
    void exceptionsAreTriesThatFailed() {
        RuntimeException broken = broken();
        C failing = client(request -> {
            throw broken;
        });
        assertEquals(broken, assertThrows(RuntimeException.class, () -> execute(failing, request())));
        assertTries(List.of(1, 2, 3));
        assertEquals(
                "end RETRY " + broken.getClass().getSimpleName(),
                woven.agent().events().get(5));

        C failingAsync = asyncClient(request -> CompletableFuture.failedFuture(broken));
        Throwable thrown = assertThrows(
                ExecutionException.class,
                () -> executeAsync(failingAsync, request()).get());
        assertEquals(broken, thrown.getCause());
        assertEquals(
                List.of(1, 2, 3, 1, 2, 3),
                facts().stream().map(each -> each.tryNumber()).toList());
    }

    /** One request object may be sent by many calls. */
    @Test
    @Tag("attempts")
    void callsWithTheSameRequestKeepApart() {
        Q request = request();
        AtomicInteger sent = new AtomicInteger();
        List<Q> seen = new ArrayList<>();
        C client = client(tried -> {
            seen.add(tried);
            return answer("done", sent.incrementAndGet() % 2 == 1 ? new Unlucky(1) : null);
        });
        for (int i = 0; i < 2; i++) execute(client, request);
        assertEquals(
                List.of(1, 2, 1, 2),
                facts().stream().map(each -> each.tryNumber()).toList());
        for (Q each : seen) assertNotSame(request, each);
        assertEquals(
                List.of(List.of("0"), List.of("1"), List.of("0"), List.of("1")),
                seen.stream()
                        .map(each -> header(each, "X-Stainless-Retry-Count"))
                        .toList());
    }

    // ---- an HTTP client of the application's own

    private C client(Function<Q, R> transport) {
        return client(transport, "execute");
    }

    private C asyncClient(Function<Q, CompletableFuture<R>> transport) {
        return client(transport, "executeAsync");
    }

    @SuppressWarnings("unchecked")
    private C client(Function<Q, ?> transport, String form) {
        return proxy(client, (proxy, method, arguments) -> {
            if (method.getName().equals(form)) return transport.apply((Q) arguments[0]);
            if (method.getName().equals("close")) return null;
            throw new AssertionError(method);
        });
    }

    private R answer(Callable<String> action) {
        try {
            return answer(action.call(), null);
        } catch (Unlucky e) {
            return answer("", e);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private R answer(@Nullable String text, @Nullable Unlucky unlucky) {
        return proxy(response, new Answer(text, unlucky, hurry()));
    }

    private String text(R response) {
        Answer answer = (Answer) Proxy.getInvocationHandler(response);
        if (answer.unlucky != null) throw answer.unlucky;
        return String.valueOf(answer.text);
    }

    private record Answer(@Nullable String text, @Nullable Unlucky unlucky, Object headers)
            implements InvocationHandler {

        @Override
        public @Nullable Object invoke(Object proxy, Method method, Object[] arguments) {
            return switch (method.getName()) {
                case "statusCode" -> unlucky == null ? 200 : 503;
                case "headers" -> headers;
                case "body" -> InputStream.nullInputStream();
                case "close" -> null;
                default -> throw new AssertionError(method);
            };
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    /** A builder with an address, which old and new versions call by different names. */
    static <B> B addressed(B builder) {
        for (Method method : builder.getClass().getMethods()) {
            if (!method.getName().matches("url|baseUrl")) continue;
            try {
                method.invoke(builder, "http://model.example");
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }
        return builder;
    }
}
