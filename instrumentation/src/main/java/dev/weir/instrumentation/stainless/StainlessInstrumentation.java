package dev.weir.instrumentation.stainless;

import com.openai.core.RequestOptions;
import com.openai.core.http.HttpClient;
import com.openai.core.http.HttpRequest;
import com.openai.core.http.HttpResponse;
import dev.weir.bootstrap.WeakIdentityMap;
import dev.weir.instrumentation.shared.RetryLoop;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The retries of openai-java and anthropic-java, which one generator made: {@code RetryingHttpClient}.
 *
 * <p>Each call goes on with a request object of its own. Whatever the client makes of that, a request with another header
 * for each try, belongs to the same call, down to the client that it wraps.
 */
public final class StainlessInstrumentation implements Instrumentation {

    @Override
    public String name() {
        return "stainless";
    }

    @Override
    public void weave(Weaving weaving) {
        weave(weaving, "com.openai", "OpenAi");
        weave(weaving, "com.anthropic", "Anthropic");
    }

    private static void weave(Weaving weaving, String vendor, String names) {
        String request = vendor + ".core.http.HttpRequest";
        weaving.type(vendor + ".core.http.RetryingHttpClient")
                .method("<init>", "Wrap", vendor + ".core.http.HttpClient")
                .method("execute", names, request)
                .method("executeAsync", names, request)
                .method("maybeAddIdempotencyHeader", "Successor", request)
                .method("keepBodyOpen", "Successor", request)
                .method("setRetryCountHeader", "Successor", request)
                .renaming("com/openai", vendor.replace('.', '/'));
    }

    static final WeakIdentityMap<RetryLoop> LOOPS = new WeakIdentityMap<>(1 << 16);

    static HttpRequest begin(HttpRequest request, String name) {
        HttpRequest own = request.toBuilder().build();
        LOOPS.put(own, new RetryLoop("stainless", name).causedHere());
        return own;
    }

    private static void over(@Nullable HttpRequest own, @Nullable Object result) {
        RetryLoop loop = own == null ? null : LOOPS.get(own);
        if (loop != null) loop.over(result);
    }

    static final class OpenAi {

        static HttpRequest enter(Object client, HttpRequest request) {
            return begin(request, "openai-java");
        }

        static HttpRequest argument0(@Nullable HttpRequest own, Object client, HttpRequest request) {
            return own == null ? request : own;
        }

        static void exit(@Nullable HttpRequest own, @Nullable Object result) {
            over(own, result);
        }
    }

    static final class Anthropic {

        static HttpRequest enter(Object client, HttpRequest request) {
            return begin(request, "anthropic-java");
        }

        static HttpRequest argument0(@Nullable HttpRequest own, Object client, HttpRequest request) {
            return own == null ? request : own;
        }

        static void exit(@Nullable HttpRequest own, @Nullable Object result) {
            over(own, result);
        }
    }

    static final class Successor {

        static void exit(
                @Nullable HttpRequest successor, @Nullable Throwable thrown, Object client, HttpRequest request) {
            if (successor == null || successor == request) return;
            RetryLoop loop = LOOPS.get(request);
            if (loop != null) LOOPS.put(successor, loop);
        }
    }

    static final class Wrap {

        static HttpClient argument0(HttpClient client) {
            return client instanceof TryingClient ? client : new TryingClient(client);
        }
    }

    /** The client that is retried. */
    static final class TryingClient implements HttpClient {

        private final HttpClient client;

        TryingClient(HttpClient client) {
            this.client = client;
        }

        @Override
        public HttpResponse execute(HttpRequest request, RequestOptions options) {
            RetryLoop loop = LOOPS.get(request);
            return loop == null
                    ? client.execute(request, options)
                    : loop.attempt(() -> client.execute(request, options));
        }

        @Override
        public CompletableFuture<HttpResponse> executeAsync(HttpRequest request, RequestOptions options) {
            RetryLoop loop = LOOPS.get(request);
            return loop == null
                    ? client.executeAsync(request, options)
                    : loop.attempt(() -> client.executeAsync(request, options));
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
