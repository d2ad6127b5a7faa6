package dev.weir.instrumentation.apachehttpclient5;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import java.io.IOException;
import java.net.SocketTimeoutException;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.nio.AsyncClientExchangeHandler;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.RequestChannel;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Apache HttpClient 5, classic and asynchronous.
 *
 * <p>A call is what passes the step of the execution chain that gets a connection. Retries, redirects and answers to
 * challenges happen above it: each of their requests is a call. Repetitions by a step below it are counted where the
 * request is written.
 */
public final class ApacheHttpClient5Instrumentation implements Instrumentation {

    @Override
    public String name() {
        return "apache-http-client-5";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type("org.apache.hc.client5.http.impl.classic.ConnectExec")
                .method(
                        "execute",
                        "Classic",
                        "org.apache.hc.core5.http.ClassicHttpRequest",
                        "org.apache.hc.client5.http.classic.ExecChain$Scope");
        weaving.type("org.apache.hc.client5.http.impl.classic.MinimalHttpClient")
                .exactly(
                        "doExecute",
                        "ClassicUnchained",
                        "org.apache.hc.core5.http.HttpHost",
                        "org.apache.hc.core5.http.ClassicHttpRequest",
                        "org.apache.hc.core5.http.protocol.HttpContext");
        weaving.type("org.apache.hc.core5.http.impl.io.HttpRequestExecutor")
                .exactly(
                        "execute",
                        "ClassicWrite",
                        "org.apache.hc.core5.http.ClassicHttpRequest",
                        "org.apache.hc.core5.http.io.HttpClientConnection",
                        "org.apache.hc.core5.http.io.HttpResponseInformationCallback",
                        "org.apache.hc.core5.http.protocol.HttpContext");
        weaving.type("org.apache.hc.client5.http.impl.async.AsyncConnectExec")
                .method(
                        "execute",
                        "Async",
                        "org.apache.hc.core5.http.HttpRequest",
                        "org.apache.hc.core5.http.nio.AsyncEntityProducer",
                        "org.apache.hc.client5.http.async.AsyncExecChain$Scope",
                        "org.apache.hc.client5.http.async.AsyncExecChain",
                        "org.apache.hc.client5.http.async.AsyncExecCallback");
        // The handlers of the last step of the chain, for HTTP/1.1 (and HTTP/2 by agreement), and for HTTP/2 only.
        weaving.type("org.apache.hc.client5.http.impl.async.HttpAsyncMainClientExec$1")
                .method("produceRequest", "AsyncWrite", "org.apache.hc.core5.http.nio.RequestChannel");
        for (String minimal : new String[] {"MinimalHttpAsyncClient", "MinimalH2AsyncClient"}) {
            weaving.type("org.apache.hc.client5.http.impl.async." + minimal)
                    .exactly(
                            "execute",
                            "Unchained",
                            "org.apache.hc.core5.http.nio.AsyncClientExchangeHandler",
                            "org.apache.hc.core5.http.nio.HandlerFactory",
                            "org.apache.hc.core5.http.protocol.HttpContext");
        }
        weaving.type("org.apache.hc.client5.http.impl.async.H2AsyncMainClientExec$1")
                .method("produceRequest", "AsyncWrite", "org.apache.hc.core5.http.nio.RequestChannel");
    }

    static final class Classic {

        static @Nullable Call enter(Object exec, ClassicHttpRequest request, ExecChain.Scope scope) {
            return new ClassicRequest(request, scope).begin();
        }

        static @Nullable Throwable exit(
                @Nullable Call call, @Nullable ClassicHttpResponse response, @Nullable Throwable thrown) {
            if (call instanceof Call.Denied denied) return denial(denied);
            ClassicRequest facts = ClassicRequest.of(call);
            return facts == null ? null : facts.end(response, thrown);
        }
    }

    /** A client without an execution chain ({@code HttpClients.createMinimal}). */
    static final class ClassicUnchained {

        static @Nullable Call enter(
                Object client, @Nullable HttpHost target, ClassicHttpRequest request, @Nullable HttpContext context) {
            return new ClassicRequest(request, target, context).begin();
        }

        static @Nullable Throwable exit(
                @Nullable Call call, @Nullable ClassicHttpResponse response, @Nullable Throwable thrown) {
            return Classic.exit(call, response, thrown);
        }
    }

    /** The request is written. Who uses the core by itself begins here. */
    static final class ClassicWrite {

        static @Nullable Call enter(Object executor, ClassicHttpRequest request, HttpClientConnection connection) {
            if (Method.CONNECT.isSame(request.getMethod())) return null;
            ClassicRequest begun = ClassicRequest.of(Hooks.open());
            if (begun != null) return begun.write(request, connection);
            Call call = new ClassicRequest(request, null, null).begin();
            ClassicRequest facts = ClassicRequest.of(call);
            if (facts != null) facts.write(request, connection);
            return call;
        }

        static @Nullable Throwable exit(
                @Nullable Call call, @Nullable ClassicHttpResponse response, @Nullable Throwable thrown) {
            return Classic.exit(call, response, thrown);
        }
    }

    static final class Async {

        static @Nullable Call enter(
                Object exec,
                HttpRequest request,
                @Nullable AsyncEntityProducer producer,
                AsyncExecChain.Scope scope,
                AsyncExecChain chain,
                AsyncExecCallback callback) {
            return new AsyncRequest(request, producer, scope, callback).begin();
        }

        static AsyncExecChain.Scope argument2(
                @Nullable Call call,
                Object exec,
                HttpRequest request,
                @Nullable AsyncEntityProducer producer,
                AsyncExecChain.Scope scope) {
            AsyncRequest facts = AsyncRequest.of(call);
            return facts == null ? scope : facts.scope();
        }

        static AsyncExecCallback argument4(
                @Nullable Call call,
                Object exec,
                HttpRequest request,
                @Nullable AsyncEntityProducer producer,
                AsyncExecChain.Scope scope,
                AsyncExecChain chain,
                AsyncExecCallback callback) {
            AsyncRequest facts = AsyncRequest.of(call);
            return facts == null ? callback : facts.callback();
        }

        static void exit(
                @Nullable Call call,
                @Nullable Throwable thrown,
                Object exec,
                HttpRequest request,
                @Nullable AsyncEntityProducer producer,
                AsyncExecChain.Scope scope,
                AsyncExecChain chain,
                AsyncExecCallback callback) {
            if (call instanceof Call.Denied denied) {
                callback.failed(denial(denied));
                return;
            }
            AsyncRequest facts = AsyncRequest.of(call);
            if (facts != null) facts.handedOn(thrown);
        }
    }

    static final class AsyncWrite {

        static RequestChannel argument0(Object handler, RequestChannel channel) {
            return (request, entity, context) -> {
                AsyncRequest facts = AsyncRequest.writing(request);
                Call.Denied denied = facts == null ? null : facts.write(request);
                if (denied != null) throw denial(denied);
                channel.sendRequest(request, entity, context);
            };
        }
    }

    /** An asynchronous client without an execution chain ({@code createMinimal}, {@code createHttp2Minimal}). */
    static final class Unchained {

        static @Nullable FollowedExchange enter(
                Object client, AsyncClientExchangeHandler handler, Object pushed, @Nullable HttpContext context) {
            return Hooks.follows(CallFacts.Kind.HTTP_CLIENT) ? new FollowedExchange(handler, context) : null;
        }

        static AsyncClientExchangeHandler argument0(
                @Nullable FollowedExchange exchange, Object client, AsyncClientExchangeHandler handler) {
            return exchange == null ? handler : exchange;
        }

        static void exit(@Nullable FollowedExchange exchange, @Nullable Cancellable running) {
            if (exchange != null) exchange.running(running);
        }
    }

    // HttpClient's retries let both types pass.
    static IOException denial(Call.Denied denied) {
        return Refusal.of(denied);
    }

    // In a class of its own: this one is also loaded where there is no Apache HttpClient, and verified there.
    private static final class Refusal {

        static IOException of(Call.Denied denied) {
            return denied.timeout()
                    ? new SocketTimeoutException(denied.message())
                    : new RequestFailedException(denied.message());
        }
    }
}
