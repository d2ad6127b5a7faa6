package dev.weir.instrumentation.ktor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.ScopeFacts;
import dev.weir.instrumentation.kotlincoroutines.KotlinCoroutinesInstrumentation;
import dev.weir.instrumentation.testing.PathServer;
import dev.weir.instrumentation.testing.Suspending;
import dev.weir.instrumentation.testing.Woven;
import dev.weir.instrumentation.threads.ThreadsInstrumentation;
import io.ktor.client.HttpClient;
import io.ktor.client.HttpClientKt;
import io.ktor.client.engine.cio.CIO;
import io.ktor.client.engine.cio.CIOEngineConfig;
import io.ktor.client.request.HttpRequestBuilder;
import io.ktor.client.statement.HttpResponse;
import io.ktor.client.statement.HttpStatement;
import io.ktor.http.ContentType;
import io.ktor.http.content.OutputStreamContent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.CoroutineScope;
import kotlinx.coroutines.CoroutineStart;
import kotlinx.coroutines.DelayKt;
import kotlinx.coroutines.Dispatchers;
import kotlinx.coroutines.GlobalScope;
import kotlinx.coroutines.Job;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Requests of coroutines, made after suspensions, on threads that no run has started. */
class KtorCoroutineTest {

    @RegisterExtension
    final Woven woven = new Woven(
            new KtorClientInstrumentation(), new KotlinCoroutinesInstrumentation(), new ThreadsInstrumentation());

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Continuation<? super Unit> unit(Continuation<Object> next) {
        return (Continuation) next;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Continuation<? super HttpResponse> response(Continuation<Object> next) {
        return (Continuation) next;
    }

    @Test
    @Tag("concurrent")
    void requestsAreCausedByWhatTheirCoroutineWasStartedIn() throws Exception {
        List<Object> causes = new CopyOnWriteArrayList<>();
        List<Object> writers = new CopyOnWriteArrayList<>();
        woven.agent().pull(facts -> {
            if (facts.kind() == CallFacts.Kind.HTTP_CLIENT) causes.add(String.valueOf(Hooks.capture()));
        });
        try (PathServer server = PathServer.start();
                HttpClient client = HttpClientKt.HttpClient(CIO.INSTANCE, config -> Unit.INSTANCE)) {
            for (int i = 0; i < 4; i++) {
                Call scope = Hooks.begin(
                        new ScopeFacts(CallFacts.Kind.TOOL, woven.adapter().name(), "cause") {});
                assertNotNull(scope);
                Object inside = Hooks.capture();
                causes.clear();
                writers.clear();
                Job job = BuildersKt.launch(
                        GlobalScope.INSTANCE,
                        Dispatchers.getDefault(),
                        CoroutineStart.DEFAULT,
                        Suspending.<CoroutineScope>of(
                                        (coroutine, result, next) -> DelayKt.delay(1, unit(next)),
                                        (coroutine, result, next) -> new HttpStatement(post(server, writers), client)
                                                .execute(response(next)),
                                        (coroutine, result, next) -> DelayKt.delay(1, unit(next)),
                                        (coroutine, result, next) -> new HttpStatement(post(server, writers), client)
                                                .execute(response(next)),
                                        (coroutine, result, next) -> {
                                            assertSame(inside, Hooks.capture());
                                            return Unit.INSTANCE;
                                        })
                                .typed());
                Hooks.leave(scope);
                CompletableFuture<Object> over = new CompletableFuture<>();
                job.invokeOnCompletion(thrown -> {
                    if (thrown == null) over.complete(job);
                    else over.completeExceptionally(thrown);
                    return Unit.INSTANCE;
                });
                over.get(20, TimeUnit.SECONDS);
                Hooks.end(scope, 0, null);
                String cause = String.valueOf(inside);
                assertEquals(List.of(cause, cause), causes);
                assertEquals(List.of(cause, cause), writers, "the body is written inside, too");
            }
        }
    }

    /** A client, its event loop and a connection that is kept alive outlive the run that was the first to need them. */
    @Test
    @Tag("other")
    void nothingThatLastsKeepsARunAlive() throws Exception {
        woven.agent().ignore(facts -> true);
        try (PathServer server = PathServer.start();
                HttpClient client = HttpClientKt.HttpClient(CIO.INSTANCE, config -> {
                    config.engine(engine -> {
                        // Until this is over, CIO itself knows each request.
                        ((CIOEngineConfig) engine).setRequestTimeout(1_000);
                        return Unit.INSTANCE;
                    });
                    return Unit.INSTANCE;
                })) {
            WeakReference<Object> run = sendInsideARun(client, server);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (run.get() != null) {
                assertTrue(System.nanoTime() < end, "the run is still known");
                System.gc();
                LockSupport.parkNanos(10_000_000);
            }
            sendInsideARun(client, server);
        }
    }

    private static WeakReference<Object> sendInsideARun(HttpClient client, PathServer server) throws Exception {
        Object run = new Object();
        Object before = Hooks.enter(run);
        try {
            KtorContract.send(client, KtorContract.request("GET", server.uri("/a"), Map.of(), null));
        } finally {
            Hooks.exit(before);
        }
        return new WeakReference<>(run);
    }

    private static HttpRequestBuilder post(PathServer server, List<Object> writers) {
        HttpRequestBuilder request = KtorContract.request("POST", server.uri("/echo-body"), Map.of(), null);
        request.setBody(new OutputStreamContent(
                (out, next) -> {
                    writers.add(String.valueOf(Hooks.capture()));
                    try {
                        out.write(1);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    return Unit.INSTANCE;
                },
                ContentType.Text.INSTANCE.getPlain(),
                null,
                null));
        return request;
    }
}
