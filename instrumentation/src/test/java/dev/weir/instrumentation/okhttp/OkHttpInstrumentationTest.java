package dev.weir.instrumentation.okhttp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.testing.HttpClientContract;
import dev.weir.instrumentation.testing.Woven;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import okhttp3.Cache;
import okhttp3.Callback;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.MultipartBody;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import okio.Okio;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class OkHttpInstrumentationTest extends HttpClientContract {

    private static final MediaType TEXT = MediaType.parse("text/plain");

    @RegisterExtension
    final Woven woven = new Woven(new OkHttpInstrumentation());

    private final OkHttpClient client = client();

    /** Of what its calls are made. */
    OkHttpClient client() {
        return new OkHttpClient();
    }

    @AfterEach
    void stop() {
        client.dispatcher().executorService().shutdownNow();
        client.connectionPool().evictAll();
    }

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected boolean repeatsSilently() {
        return true;
    }

    @Override
    protected Answer send(String method, URI uri, Map<String, String> headers, @Nullable String body)
            throws IOException {
        return answer(client.newCall(request(method, uri, headers, body)).execute());
    }

    @Override
    protected CompletableFuture<Answer> sendAsync(
            String method, URI uri, Map<String, String> headers, @Nullable String body) {
        return enqueue(client, request(method, uri, headers, body));
    }

    private static CompletableFuture<Answer> enqueue(OkHttpClient client, Request request) {
        CompletableFuture<Answer> future = new CompletableFuture<>();
        client.newCall(request).enqueue(new Callback() {
            @Override
            public void onFailure(okhttp3.Call call, IOException e) {
                future.completeExceptionally(e);
            }

            @Override
            public void onResponse(okhttp3.Call call, Response response) {
                try {
                    future.complete(answer(response));
                } catch (IOException e) {
                    future.completeExceptionally(e);
                }
            }
        });
        return future;
    }

    @Override
    protected Answer sendOnce(URI uri, InputStream body) throws IOException {
        RequestBody streamed = new RequestBody() {
            @Override
            public MediaType contentType() {
                return TEXT;
            }

            @Override
            public long contentLength() {
                return 6;
            }

            @Override
            public void writeTo(BufferedSink sink) throws IOException {
                sink.writeAll(Okio.source(body));
            }
        };
        return answer(client.newCall(
                        new Request.Builder().url(uri.toString()).post(streamed).build())
                .execute());
    }

    @Override
    protected Answer sendWithin(URI uri, long millis) throws IOException {
        OkHttpClient limited =
                client.newBuilder().callTimeout(millis, TimeUnit.MILLISECONDS).build();
        return answer(limited.newCall(request("GET", uri, Map.of(), null)).execute());
    }

    private static Request request(String method, URI uri, Map<String, String> headers, @Nullable String body) {
        Request.Builder request = new Request.Builder()
                .url(uri.toString())
                .method(method, body == null ? null : RequestBody.create(TEXT, body));
        headers.forEach(request::header);
        return request.build();
    }

    private static Answer answer(Response response) throws IOException {
        try (response) {
            return new Answer(response.code(), response.body().string());
        }
    }

    private String path(String path) {
        return server().uri(path).toString();
    }

    @Test
    void everyRepetitionOfAnApplicationsInterceptorIsACall() throws Exception {
        OkHttpClient repeating = client.newBuilder()
                .addInterceptor(chain -> {
                    chain.proceed(chain.request()).close();
                    chain.proceed(chain.request()).close();
                    return chain.proceed(chain.request());
                })
                .build();
        assertEquals(
                503,
                answer(repeating
                                .newCall(request("GET", server().uri("/status/503"), Map.of(), null))
                                .execute())
                        .status());
        assertEquals(3, begun());
        // OkHttp itself sends again after 503 only when Retry-After is 0.
        assertEquals(0, resent());
        assertEquals(3, server().received());
    }

    @Test
    void everyHopOfARedirectIsACall() throws Exception {
        woven.agent().pull(facts -> facts.setHeader("traceparent", ((HttpFacts) facts).path()));
        assertEquals(
                new Answer(200, "/echo/traceparent"),
                send("GET", server().uri("/redirect/echo/traceparent"), Map.of(), null));
        assertEquals(
                List.of(
                        "begin GET /redirect/echo/traceparent",
                        "end GET /redirect/echo/traceparent 302",
                        "begin GET /echo/traceparent",
                        "end GET /echo/traceparent 200"),
                woven.agent().events());
        assertEquals(2, server().received());
    }

    @Test
    void hopOfARedirectCanBeRefused() {
        woven.agent().deny(facts -> ((HttpFacts) facts).path().equals("/a"));
        IOException thrown =
                assertThrows(IOException.class, () -> send("GET", server().uri("/redirect/a"), Map.of(), null));
        assertEquals("denied by test", thrown.getMessage());
        assertEquals(1, server().received());
    }

    @Test
    void requestOutOfAnAuthenticatorIsACallOfItsOwn() throws Exception {
        OkHttpClient authenticating = client.newBuilder()
                .authenticator((route, response) -> {
                    if (response.request().header("Authorization") != null) return null;
                    String token = answer(client.newCall(request("GET", server().uri("/echo/x-none"), Map.of(), null))
                                    .execute())
                            .body();
                    return response.request()
                            .newBuilder()
                            .header("Authorization", token)
                            .build();
                })
                .build();
        assertEquals(
                401,
                answer(authenticating
                                .newCall(request("GET", server().uri("/status/401"), Map.of(), null))
                                .execute())
                        .status());
        assertEquals(
                List.of(
                        "begin GET /status/401",
                        "begin GET /echo/x-none",
                        "end GET /echo/x-none 200",
                        "end GET /status/401 401",
                        "begin GET /status/401",
                        "end GET /status/401 401"),
                woven.agent().events());
        assertEquals(3, server().received());
    }

    @Test
    void answerFromTheCacheLeavesNoTrace(@TempDir File folder) throws Exception {
        Interceptor cacheable = chain -> chain.proceed(chain.request())
                .newBuilder()
                .header("Cache-Control", "max-age=60")
                .build();
        try (Cache cache = new Cache(folder, 1 << 20)) {
            OkHttpClient caching = client.newBuilder()
                    .cache(cache)
                    .addNetworkInterceptor(cacheable)
                    .build();
            for (int i = 0; i < 2; i++) {
                assertEquals(
                        new Answer(200, "ok"),
                        answer(caching.newCall(request("GET", server().uri("/a"), Map.of(), null))
                                .execute()));
            }
        }
        assertEquals(
                List.of("begin GET /a", "end GET /a 200", "begin GET /a", "withdrawn GET /a"),
                woven.agent().events());
        assertEquals(1, server().received());
    }

    /** The dispatcher starts a call that waited on the thread on which another one ended. */
    @Test
    void callThatWaitedForItsTurnKeepsItsOwnCause() throws Exception {
        client.dispatcher().setMaxRequestsPerHost(1);
        List<Object> causes = new ArrayList<>();
        List<Object> seen = Collections.synchronizedList(new ArrayList<>());
        List<CompletableFuture<Void>> done = new ArrayList<>();
        List<Call> scopes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Call scope = scope("cause " + i);
            scopes.add(scope);
            causes.add(Hooks.capture());
            done.add(sendAsync("GET", server().uri("/slow"), Map.of(), null)
                    .thenAccept(answer -> seen.add(Hooks.capture())));
            Hooks.leave(scope);
        }
        server().release();
        for (CompletableFuture<Void> each : done) await(each);
        for (Call scope : scopes) Hooks.end(scope, 0, null);
        assertEquals(causes, seen);
        assertNotEquals(causes.get(0), causes.get(3));
    }

    @Test
    void bodyThatSaysWhetherItIsReplayableIsBelieved() throws Exception {
        List<byte[]> seen = new ArrayList<>();
        woven.agent().pull(facts -> seen.add(((HttpFacts) facts).replayableBody(64)));
        for (boolean oneShot : new boolean[] {true, false}) {
            RequestBody body = new RequestBody() {
                @Override
                public MediaType contentType() {
                    return TEXT;
                }

                @Override
                public long contentLength() {
                    return 2;
                }

                @Override
                public boolean isOneShot() {
                    return oneShot;
                }

                @Override
                public void writeTo(BufferedSink sink) throws IOException {
                    sink.writeUtf8("hi");
                }
            };
            answer(client.newCall(new Request.Builder()
                            .url(path("/echo-body"))
                            .post(body)
                            .build())
                    .execute());
        }
        assertNull(seen.get(0));
        assertArrayEquals(new byte[] {'h', 'i'}, seen.get(1));
    }

    @Test
    void multipartBodyIsReplayableWhenItsPartsAre() throws Exception {
        List<byte[]> seen = new ArrayList<>();
        woven.agent().pull(facts -> seen.add(((HttpFacts) facts).replayableBody(4096)));
        RequestBody body =
                new MultipartBody.Builder().addFormDataPart("amount", "10").build();
        assertEquals(
                200,
                answer(client.newCall(new Request.Builder()
                                        .url(path("/echo-body"))
                                        .post(body)
                                        .build())
                                .execute())
                        .status());
        assertTrue(seen.get(0).length > 10);
    }
}
