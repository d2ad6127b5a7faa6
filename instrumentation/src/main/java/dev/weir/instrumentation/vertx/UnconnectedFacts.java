package dev.weir.instrumentation.vertx;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.shared.InContext;
import dev.weir.instrumentation.shared.RequestTarget;
import io.vertx.core.Future;
import io.vertx.core.http.RequestOptions;
import org.jspecify.annotations.Nullable;

/** A request that never came to be, because there was no connection for it. */
final class UnconnectedFacts extends HttpFacts {

    private final RequestOptions options;

    private UnconnectedFacts(RequestOptions options) {
        super(
                Kind.HTTP_CLIENT,
                "vertx-http-client",
                options.getMethod().name(),
                Boolean.TRUE.equals(options.isSsl()) ? "https" : "http",
                options.getHost(),
                options.getPort() == null ? 0 : options.getPort(),
                RequestTarget.path(options.getURI()),
                RequestTarget.query(options.getURI()));
        this.options = options;
    }

    /** Reports the call when its connection fails. */
    static void watch(Future<?> connected, RequestOptions given) {
        Object cause = Hooks.capture();
        // The application may use its options for another request meanwhile.
        RequestOptions options = connected.isComplete() ? given : new RequestOptions(given);
        connected.onFailure(thrown -> failed(options, cause, thrown));
    }

    private static void failed(RequestOptions options, @Nullable Object cause, Throwable thrown) {
        InContext.run(cause, new UnconnectedFacts(options), facts -> {
            Call call = Hooks.begin(facts);
            if (!(call instanceof Call.Denied)) Hooks.end(call, 0, thrown);
        });
    }

    @Override
    public @Nullable String header(String name) {
        return options.getHeaders() == null ? null : options.getHeaders().get(name);
    }
}
