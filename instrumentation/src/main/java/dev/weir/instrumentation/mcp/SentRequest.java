package dev.weir.instrumentation.mcp;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.reactivestreams.FollowedSubscriber;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSession;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoOperator;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * A request that goes out when it is subscribed to, and again each time: with its own {@code _meta}, and so with parameters
 * and an id of its own.
 */
final class SentRequest<T> extends Mono<T> {

    /** What caused a request, for the request itself to find however many threads later. */
    private record Cause(@Nullable Object context) {}

    private static final Object KEY = Cause.class;
    private static final ThreadLocal<@Nullable Boolean> OWN = new ThreadLocal<>();
    private static final ThreadLocal<@Nullable SentFacts> SENDING = new ThreadLocal<>();

    private final McpSession session;
    private final String method;
    private final @Nullable Object params;
    private final TypeRef<T> type;
    private final @Nullable Object assembledBy = Hooks.capture();

    private SentRequest(McpSession session, String method, @Nullable Object params, TypeRef<T> type) {
        this.session = session;
        this.method = method;
        this.params = params;
        this.type = type;
    }

    static <T> Mono<T> of(McpSession session, String method, @Nullable Object params, TypeRef<T> type) {
        return new SentRequest<>(session, method, params, type);
    }

    /** Whether the session is asked for a request by this class. */
    static boolean isOwn() {
        return OWN.get() != null;
    }

    /** A request got its id. */
    static void numbered(@Nullable Object id, @Nullable Object params) {
        SentFacts sending = SENDING.get();
        if (sending != null) sending.numbered(id, params);
    }

    /** The operation, in which requests are caused by whatever causes the subscription to it. */
    static <T> Mono<T> causedHere(Mono<T> operation) {
        Object assembledBy = Hooks.capture();
        return new MonoOperator<T, T>(operation) {
            @Override
            public void subscribe(CoreSubscriber<? super T> actual) {
                Object here = Hooks.capture();
                Cause cause = new Cause(here == null ? assembledBy : here);
                source.contextWrite(Context.of(KEY, cause)).subscribe(actual);
            }
        };
    }

    /** The stream, which outlives whatever happens to begin it. */
    static <T> Mono<T> causedByNothing(Mono<T> stream) {
        return new MonoOperator<T, T>(stream) {
            @Override
            public void subscribe(CoreSubscriber<? super T> actual) {
                Object before = Hooks.enter(null);
                try {
                    source.subscribe(actual);
                } finally {
                    Hooks.exit(before);
                }
            }
        };
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
        Object here = Hooks.capture();
        Cause told = actual.currentContext().getOrDefault(KEY, null);
        Object cause = told != null ? told.context() : here != null ? here : assembledBy;
        Object before = Hooks.enter(cause);
        try {
            SentFacts facts = new SentFacts(Session.of(session), method, params);
            Call call = Hooks.begin(facts);
            if (call instanceof Call.Denied denied) {
                Operators.error(actual, Errors.refusedHere(denied));
                return;
            }
            try {
                send(actual, call, facts, cause);
            } catch (Throwable fatal) {
                Hooks.end(call, 0, fatal);
                throw fatal;
            } finally {
                Hooks.leave(call);
            }
        } finally {
            Hooks.exit(before);
        }
    }

    private void send(CoreSubscriber<? super T> actual, @Nullable Call call, SentFacts facts, @Nullable Object cause) {
        if (call == null) {
            request(params).subscribe(actual);
            return;
        }
        Mono<T> response = request(facts.toSend());
        if (facts.limitMillis() > 0) response = response.timeout(Duration.ofMillis(facts.limitMillis()));
        SentFacts outer = SENDING.get();
        SENDING.set(facts);
        try {
            response.subscribe(new Reply<>(actual, call, facts, cause));
        } finally {
            if (outer == null) SENDING.remove();
            else SENDING.set(outer);
        }
    }

    private Mono<T> request(@Nullable Object withParams) {
        OWN.set(true);
        try {
            return session.sendRequest(method, withParams, type);
        } finally {
            OWN.remove();
        }
    }

    /** Hears of the answer. What follows from it is caused by what caused the request, not by the request. */
    private static final class Reply<T> extends FollowedSubscriber<T> implements CoreSubscriber<T> {

        private final CoreSubscriber<? super T> actual;
        private final Call call;
        private final SentFacts facts;
        private final @Nullable Object cause;

        Reply(CoreSubscriber<? super T> actual, Call call, SentFacts facts, @Nullable Object cause) {
            super(actual);
            this.actual = actual;
            this.call = call;
            this.facts = facts;
            this.cause = cause;
        }

        @Override
        public Context currentContext() {
            return actual.currentContext();
        }

        @Override
        protected T item(T result) {
            Hooks.end(call, 0, facts.answered(result), null);
            return result;
        }

        @Override
        protected void over(@Nullable Throwable thrown) {
            Errors.end(call, thrown);
        }

        @Override
        protected void cancelled() {
            Hooks.end(call, 0, new CancellationException("cancelled"));
        }

        @Override
        protected @Nullable Object enter() {
            return Hooks.enter(cause);
        }

        @Override
        protected void exit(@Nullable Object before) {
            Hooks.exit(before);
        }
    }
}
