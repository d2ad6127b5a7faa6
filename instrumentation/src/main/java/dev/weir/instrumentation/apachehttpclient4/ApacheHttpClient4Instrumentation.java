package dev.weir.instrumentation.apachehttpclient4;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import java.io.IOException;
import java.net.SocketTimeoutException;
import org.apache.http.HttpClientConnection;
import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.client.methods.HttpExecutionAware;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.impl.execchain.RequestAbortedException;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Apache HttpClient 4.
 *
 * <p>A call is what passes the last step of the execution chain, which gets a connection. Retries and redirects happen
 * above it: each of their requests is a call. So is a request with the answer to a challenge, which is sent inside it.
 */
public final class ApacheHttpClient4Instrumentation implements Instrumentation {

    @Override
    public String name() {
        return "apache-http-client-4";
    }

    @Override
    public void weave(Weaving weaving) {
        for (String last : new String[] {"MainClientExec", "MinimalClientExec"}) {
            weaving.type("org.apache.http.impl.execchain." + last)
                    .exactly(
                            "execute",
                            "Exchange",
                            "org.apache.http.conn.routing.HttpRoute",
                            "org.apache.http.client.methods.HttpRequestWrapper",
                            "org.apache.http.client.protocol.HttpClientContext",
                            "org.apache.http.client.methods.HttpExecutionAware");
        }
        weaving.type("org.apache.http.protocol.HttpRequestExecutor")
                .exactly(
                        "execute",
                        "Write",
                        "org.apache.http.HttpRequest",
                        "org.apache.http.HttpClientConnection",
                        "org.apache.http.protocol.HttpContext");
    }

    static final class Exchange {

        static @Nullable Call enter(
                Object exec, HttpRoute route, HttpRequestWrapper request, HttpClientContext context) {
            return new RequestFacts(route, request, context).begin();
        }

        static @Nullable HttpExecutionAware argument3(
                @Nullable Call call,
                Object exec,
                HttpRoute route,
                HttpRequestWrapper request,
                HttpClientContext context,
                @Nullable HttpExecutionAware aware) {
            RequestFacts facts = RequestFacts.of(call);
            return facts == null ? aware : facts.aware(aware);
        }

        static @Nullable Throwable exit(
                @Nullable Call call, @Nullable HttpResponse response, @Nullable Throwable thrown) {
            if (call instanceof Call.Denied denied) return denial(denied);
            RequestFacts facts = RequestFacts.of(call);
            return facts == null ? null : facts.end(response, thrown);
        }
    }

    /** The request is written. Clients without an execution chain ({@code DefaultHttpClient}) begin here. */
    static final class Write {

        static @Nullable Call enter(
                Object executor, HttpRequest request, HttpClientConnection connection, HttpContext context) {
            if (request.getRequestLine().getMethod().equalsIgnoreCase("CONNECT")) return null;
            RequestFacts chained = RequestFacts.of(Hooks.open());
            if (chained != null) return chained.write(request);
            Call call = new RequestFacts(request, connection, context).begin();
            RequestFacts facts = RequestFacts.of(call);
            if (facts != null) facts.write(request);
            return call;
        }

        static @Nullable Throwable exit(
                @Nullable Call call,
                @Nullable HttpResponse response,
                @Nullable Throwable thrown,
                Object executor,
                HttpRequest request) {
            if (call instanceof Call.Denied denied) return denial(denied);
            RequestFacts unchained = RequestFacts.of(call);
            if (unchained != null) return unchained.end(response, thrown);
            RequestFacts chained = RequestFacts.of(Hooks.open());
            if (chained != null && response != null) chained.answered(request, response);
            return null;
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
                    : new RequestAbortedException(denied.message());
        }
    }
}
