package dev.weir.instrumentation.ktor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.ScopeFacts;
import dev.weir.instrumentation.testing.PathServer;
import dev.weir.instrumentation.testing.RetryLayerContract;
import dev.weir.instrumentation.testing.Woven;
import io.ktor.client.HttpClient;
import io.ktor.client.HttpClientKt;
import io.ktor.client.call.HttpClientCall;
import io.ktor.client.engine.cio.CIO;
import io.ktor.client.plugins.HttpClientPluginKt;
import io.ktor.client.plugins.HttpSend;
import io.ktor.client.request.HttpRequestBuilder;
import io.ktor.http.URLParserKt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import kotlin.Unit;
import kotlin.jvm.functions.Function1;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The plugin, around requests below which an interceptor does what is to be tried. */
class KtorRetryInstrumentationTest extends RetryLayerContract {

    @RegisterExtension
    final Woven woven = new Woven(new KtorRetryInstrumentation(), new KtorClientInstrumentation());

    private final List<HttpClient> built = new ArrayList<>();
    private PathServer server;

    @BeforeEach
    void start() throws IOException {
        server = PathServer.start();
    }

    @AfterEach
    void stop() {
        for (HttpClient each : built) each.close();
        server.close();
    }

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
        return "ktor";
    }

    private HttpClient retrying() {
        List<Function1<Object, Unit>> settings = List.of(
                Plugins.with("retryOnServerErrors", 2),
                Plugins.with("retryOnException", 2, true),
                Plugins.with("constantDelay", 1L, 0L, false));
        HttpClient client = HttpClientKt.HttpClient(CIO.INSTANCE, config -> {
            config.install(Plugins.named("HttpRequestRetry"), retry -> {
                for (Function1<Object, Unit> each : settings) each.invoke(retry);
                return Unit.INSTANCE;
            });
            return Unit.INSTANCE;
        });
        built.add(client);
        return client;
    }

    /** What an interceptor beneath the plugin does before each try decides how the server answers. */
    private HttpClient trying(Supplier<CompletionStage<String>> action) {
        HttpClient client = retrying();
        HttpClientPluginKt.plugin(client, HttpSend.Plugin).intercept((sender, request, next) -> {
            return Coroutine.<String, HttpClientCall>awaited(action.get(), next, (result, rest) -> {
                URLParserKt.takeFrom(
                        request.getUrl(),
                        server.uri(result.equals("bad") ? "/status/503" : "/a").toString());
                return sender.execute(request, rest);
            });
        });
        return client;
    }

    private HttpRequestBuilder get(String path) {
        return KtorContract.request("GET", server.uri(path), Map.of(), null);
    }

    @Override
    protected String call(Callable<String> action) throws Exception {
        AtomicReference<String> result = new AtomicReference<>();
        Supplier<CompletionStage<String>> tried = () -> {
            try {
                result.set(action.call());
            } catch (Exception e) {
                return CompletableFuture.failedFuture(e);
            }
            return CompletableFuture.completedFuture(result.get());
        };
        KtorContract.send(trying(tried), get("/a"));
        return result.get();
    }

    @Override
    protected CompletionStage<String> callAsync(Supplier<CompletionStage<String>> action) {
        AtomicReference<String> result = new AtomicReference<>();
        HttpClient client = trying(() -> action.get().thenApply(value -> {
            result.set(value);
            return value;
        }));
        return KtorContract.sendAsync(client, get("/a")).thenApply(answer -> result.get());
    }

    @Override
    protected String callUntilGood(Callable<String> action) throws Exception {
        return call(action);
    }

    @Test
    @Tag("attempts")
    void requestIsCausedByTheTryThatItBelongsTo() throws Exception {
        Call cause = Hooks.begin(new ScopeFacts(CallFacts.Kind.TOOL, "ktor-retry", "cause") {});
        KtorContract.Answer answer;
        try {
            answer = KtorContract.send(retrying(), get("/status/503"));
        } finally {
            Hooks.end(cause, 0, null);
        }
        assertEquals(503, answer.status());
        assertTries(List.of(1, 2, 3));
        assertEquals(List.of("TOOL", "TOOL", "TOOL"), woven.agent().parents(CallFacts.Kind.RETRY));
        assertEquals(3, server.received());
    }
}
