package dev.weir.instrumentation.mcp;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.WeakIdentityMap;
import dev.weir.instrumentation.shared.reactivestreams.FollowedSubscriber;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.server.McpRequestHandler;
import io.modelcontextprotocol.server.McpStatelessRequestHandler;
import io.modelcontextprotocol.spec.McpClientSession;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoOperator;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** A request that is served when its handler's answer is subscribed to. */
final class ServedRequest<T> extends MonoOperator<T, T> {

    private static final int MOST = 1 << 14;
    private static final WeakIdentityMap<String> IDS = new WeakIdentityMap<>(MOST);

    private final String method;
    private final @Nullable Object params;
    private final @Nullable String transport;
    private final @Nullable String sessionId;

    private ServedRequest(
            Mono<T> source,
            String method,
            @Nullable Object params,
            @Nullable String transport,
            @Nullable String sessionId) {
        super(source);
        this.method = method;
        this.params = params;
        this.transport = transport;
        this.sessionId = sessionId;
    }

    /** A request with this id has come. */
    static void numbered(@Nullable Object id, @Nullable Object params) {
        String text = id == null ? null : ServedFacts.id(id);
        if (text != null && params != null && Hooks.armed()) IDS.put(params, text);
    }

    static Map<String, McpRequestHandler<?>> ofServer(
            Map<String, McpRequestHandler<?>> handlers, @Nullable String transport) {
        if (handlers == null) return handlers;
        Map<String, McpRequestHandler<?>> followed = new LinkedHashMap<>();
        handlers.forEach((method, handler) ->
                followed.put(method, handler instanceof Handler ? handler : new Handler<>(handler, method, transport)));
        return followed;
    }

    static Map<String, McpStatelessRequestHandler<?>> ofStateless(
            Map<String, McpStatelessRequestHandler<?>> handlers, @Nullable String transport) {
        if (handlers == null) return handlers;
        Map<String, McpStatelessRequestHandler<?>> followed = new LinkedHashMap<>();
        handlers.forEach((method, handler) -> followed.put(method, stateless(handler, method, transport)));
        return followed;
    }

    private static <T> McpStatelessRequestHandler<T> stateless(
            McpStatelessRequestHandler<T> handler, String method, @Nullable String transport) {
        return (McpTransportContext context, Object params) ->
                new ServedRequest<>(Mono.defer(() -> handler.handle(context, params)), method, params, transport, null);
    }

    static Map<String, McpClientSession.RequestHandler<?>> ofClient(
            Map<String, McpClientSession.RequestHandler<?>> handlers, @Nullable String transport) {
        if (handlers == null) return handlers;
        Map<String, McpClientSession.RequestHandler<?>> followed = new LinkedHashMap<>();
        handlers.forEach((method, handler) -> followed.put(method, client(handler, method, transport)));
        return followed;
    }

    private static <T> McpClientSession.RequestHandler<T> client(
            McpClientSession.RequestHandler<T> handler, String method, @Nullable String transport) {
        return params -> new ServedRequest<>(Mono.defer(() -> handler.handle(params)), method, params, transport, null);
    }

    static Mono<?> initialising(Mono<?> initialised, McpSchema.@Nullable InitializeRequest request) {
        return new ServedRequest<>(initialised, McpSchema.METHOD_INITIALIZE, request, null, null);
    }

    /** Found again by a constructor that hands its handlers on to another one. */
    private static final class Handler<T> implements McpRequestHandler<T> {

        private final McpRequestHandler<T> handler;
        private final String method;
        private final @Nullable String transport;

        Handler(McpRequestHandler<T> handler, String method, @Nullable String transport) {
            this.handler = handler;
            this.method = method;
            this.transport = transport;
        }

        @Override
        public Mono<T> handle(McpAsyncServerExchange exchange, Object params) {
            String session = exchange == null ? null : exchange.sessionId();
            return new ServedRequest<>(
                    Mono.defer(() -> handler.handle(exchange, params)), method, params, transport, session);
        }
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
        String id = params == null ? null : IDS.remove(params);
        ServedFacts facts = new ServedFacts(method, params, transport, sessionId, id);
        Call call = Hooks.begin(facts);
        if (call instanceof Call.Denied denied) {
            Operators.error(actual, Errors.refused(denied));
            return;
        }
        try {
            source.subscribe(call == null ? actual : new Answer<>(actual, call, facts));
        } catch (Throwable fatal) {
            Hooks.end(call, 0, fatal);
            throw fatal;
        } finally {
            Hooks.leave(call);
        }
    }

    /** Takes the answer back to whoever asked. */
    private static final class Answer<T> extends FollowedSubscriber<T> implements CoreSubscriber<T> {

        private final CoreSubscriber<? super T> actual;
        private final Call call;
        private final ServedFacts facts;

        Answer(CoreSubscriber<? super T> actual, Call call, ServedFacts facts) {
            super(actual);
            this.actual = actual;
            this.call = call;
            this.facts = facts;
        }

        @Override
        public Context currentContext() {
            return actual.currentContext();
        }

        @Override
        @SuppressWarnings("unchecked")
        protected T item(T result) {
            Hooks.replying(call);
            Object reply = facts.toReply(result);
            Hooks.end(call, 0, ServedFacts.code(result), null);
            return (T) reply;
        }

        @Override
        protected void over(@Nullable Throwable thrown) {
            Errors.end(call, thrown);
        }

        @Override
        protected void cancelled() {
            Hooks.end(call, 0, new CancellationException("cancelled"));
        }
    }
}
