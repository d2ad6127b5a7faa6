package dev.weir.agent.rules;

import dev.weir.agent.context.Attempt;
import dev.weir.agent.context.AttemptHint;
import dev.weir.agent.context.CausalContext;
import dev.weir.agent.context.Destination;
import dev.weir.agent.context.Ending;
import dev.weir.agent.context.Identity;
import dev.weir.agent.context.Operations;
import dev.weir.agent.context.ScopeAttempt;
import dev.weir.agent.context.Scratch;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.HttpFacts;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes attempts for tests of rules. */
final class Attempts {

    static final Identity IDENTITY = new Identity("test", 100, 60_000_000_000L, ThreadLocal.withInitial(Scratch::new));

    private final ScopeAttempt scope = IDENTITY.ambientRoot(() -> {}).beginRoot();

    /** An HTTP call with headers that can be set. */
    static final class Http extends HttpFacts {
        final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        final Map<String, String> responseHeaders = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        long callerTimeout;
        private boolean waits;

        Http(String method, String host, String path) {
            super(CallFacts.Kind.HTTP_CLIENT, "test", method, "http", host, 80, path, null);
        }

        private byte[] body = {};

        /** The same with a body. */
        Http body(String text) {
            body = text.getBytes(StandardCharsets.UTF_8);
            return this;
        }

        @Override
        public long bodyLength() {
            return body.length;
        }

        @Override
        public byte[] replayableBody(int limit) {
            return body;
        }

        /** The same, of a caller whose thread waits anyway. */
        Http waiting() {
            waits = true;
            return this;
        }

        @Override
        public boolean waits() {
            return waits;
        }

        @Override
        public @Nullable String header(String name) {
            return headers.get(name);
        }

        @Override
        public @Nullable String responseHeader(String name) {
            return responseHeaders.get(name);
        }

        @Override
        public long callerTimeoutMillis() {
            return callerTimeout;
        }
    }

    /** The next attempt of whatever these facts are, with so much time left ({@link Long#MAX_VALUE}: no deadline). */
    Attempt begin(CallFacts facts, long remainingMillis, long nowNanos) {
        long deadline =
                remainingMillis == Long.MAX_VALUE ? CausalContext.NO_DEADLINE : nowNanos + remainingMillis * 1_000_000;
        String host = facts instanceof HttpFacts http ? http.host() : "";
        Attempt attempt = new Attempt(facts, null, new Destination(host, true), deadline, nowNanos);
        Operations.begin(attempt, scope, 1, AttemptHint.NONE, nowNanos);
        return attempt;
    }

    /** The attempt got no answer. */
    void fail(Attempt attempt, long nowNanos) {
        Operations.end(attempt, scope, new Ending(false, false, false, 0, 0, 0, 0, 0), nowNanos);
    }
}
