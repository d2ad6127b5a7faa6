package dev.weir.agent.pipeline;

import dev.weir.agent.context.AttemptHint;
import dev.weir.agent.context.Baggage;
import dev.weir.agent.context.CausalContext;
import dev.weir.agent.context.HeaderNames;
import dev.weir.agent.context.HostClasses;
import dev.weir.agent.context.Identity;
import dev.weir.agent.context.KeyedHash;
import dev.weir.agent.context.Operation;
import dev.weir.agent.context.Root;
import dev.weir.agent.context.ScopeAttempt;
import dev.weir.agent.context.TraceParent;
import dev.weir.agent.export.EpochClock;
import dev.weir.agent.ledger.Roots;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.bootstrap.McpFacts;
import dev.weir.bootstrap.MessageFacts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds out what comes in: whose trace, which operation again, until when. */
final class Arrivals {

    private static final HostClasses LOOPBACK = new HostClasses(List.of("loopback"));
    private static final long MILLI = 1_000_000;
    private static final int LONGEST_KEY = 255;

    private final Identity identity;
    private final Roots roots;
    private final HostClasses trusted;
    private final Wire wire;
    private final AttemptHeaders attemptHeaders;
    private final EpochClock clock;

    /** @param trusted whose word on operations, attempts and deadlines is taken */
    Arrivals(
            Identity identity,
            Roots roots,
            HostClasses trusted,
            Wire wire,
            AttemptHeaders attemptHeaders,
            EpochClock clock) {
        this.identity = identity;
        this.roots = roots;
        this.trusted = trusted;
        this.wire = wire;
        this.attemptHeaders = attemptHeaders;
        this.clock = clock;
    }

    Arrival of(HttpFacts request, long nowNanos) {
        String peer = request.peerAddress();
        boolean believed = peer != null && trusted.contain(peer);
        Baggage baggage = believed ? wire.baggage(request) : Baggage.NONE;
        long deadline = believed
                ? wire.deadline(
                        request, baggage, peer != null && LOOPBACK.contain(peer), nowNanos, epochMillis(nowNanos))
                : CausalContext.NO_DEADLINE;
        AttemptHint hint = attemptHeaders.of(request);
        ScopeAttempt scope =
                root(request, baggage, believed ? hint.invocation() : null).beginRoot(hint, believed);
        String path = wire.attemptPath(baggage);
        if (path.isEmpty() && believed && hint.previous() >= 0) path = Integer.toString(hint.previous() + 1);
        if (scope.number() > 1 || Wire.saysRetry(path)) scope.noteRepeatedByCaller();
        return new Arrival(wire.traceParent(request), baggage, deadline, scope, path);
    }

    private Root root(HttpFacts request, Baggage baggage, @Nullable String invocation) {
        long[] operation = wire.operation(baggage);
        if (operation != null) return roots.of(CallFacts.Kind.HTTP_SERVER, operation[0], operation[1]);
        String key = request.header(request.headerNames(), HeaderNames.IDEMPOTENCY_KEY);
        if (key != null && !key.isEmpty() && key.length() <= LONGEST_KEY) return knownRoot("inbound", request, key);
        if (invocation != null) return knownRoot("inbound invocation", request, invocation);
        return identity.randomRoot(CallFacts.Kind.HTTP_SERVER, roots);
    }

    private Root knownRoot(String by, HttpFacts request, String key) {
        KeyedHash hash = identity.hash()
                .add(by)
                .add(request.method())
                .add(request.path())
                .add(key)
                .finish();
        return roots.of(CallFacts.Kind.HTTP_SERVER, hash.high(), hash.low());
    }

    /**
     * A request of an MCP session. Whoever holds the other end of our pipes is believed; over HTTP, whoever the HTTP request
     * is believed for. What {@code _meta} does not say, the HTTP request does.
     *
     * @param around what the request came by
     */
    Arrival of(McpFacts request, @Nullable CausalContext around, long nowNanos) {
        boolean believed = "pipe".equals(request.transport())
                || around != null && around.scope().believed();
        Baggage baggage = believed ? wire.baggage(request) : Baggage.NONE;
        long deadline = around == null ? CausalContext.NO_DEADLINE : around.deadlineNanos();
        if (believed) {
            boolean local = "pipe".equals(request.transport());
            deadline = Math.min(deadline, wire.deadline(request, baggage, local, nowNanos, epochMillis(nowNanos)));
        }
        ScopeAttempt scope = root(request, baggage, around).beginRoot(AttemptHint.NONE, believed);
        String path = wire.attemptPath(baggage);
        if (path.isEmpty() && around != null) path = around.attemptPath();
        if (scope.number() > 1 || Wire.saysRetry(path)) scope.noteRepeatedByCaller();
        TraceParent remote = wire.traceParent(request);
        if (remote == null && around != null) {
            remote = new TraceParent(around.traceHigh(), around.traceLow(), around.spanId(), around.flags());
        }
        return new Arrival(remote, baggage, deadline, scope, path);
    }

    private Root root(McpFacts request, Baggage baggage, @Nullable CausalContext around) {
        long[] operation = wire.operation(baggage);
        if (operation != null) return roots.of(CallFacts.Kind.MCP_SERVER, operation[0], operation[1]);
        String key = request.header(HeaderNames.IDEMPOTENCY_KEY);
        boolean sound = key != null && !key.isEmpty() && key.length() <= LONGEST_KEY;
        if (!sound && around == null) return identity.randomRoot(CallFacts.Kind.MCP_SERVER, roots);
        KeyedHash hash = identity.hash().add("inbound MCP").add(request.method());
        if (request.target() != null) hash.add(request.target());
        if (sound && key != null) {
            hash.add(key);
        } else if (around != null) {
            Operation carrier = around.scope().operation();
            hash.add(carrier.idHigh()).add(carrier.idLow());
        }
        hash.finish();
        return roots.of(CallFacts.Kind.MCP_SERVER, hash.high(), hash.low());
    }

    /**
     * What started this process. Whoever writes its environment chooses its arguments too, and is believed. The process is
     * an operation of its starter, and so is this attempt of it.
     */
    Arrival of(Startup.Environment environment, long nowNanos) {
        Baggage baggage = wire.baggage(environment);
        long[] operation = wire.operation(baggage);
        Root root = operation == null
                ? identity.randomRoot(CallFacts.Kind.PROCESS, roots)
                : roots.of(CallFacts.Kind.PROCESS, operation[0], operation[1]);
        ScopeAttempt scope = root.beginRoot(AttemptHint.NONE, true);
        String path = wire.attemptPath(baggage);
        if (Wire.saysRetry(path)) scope.noteRepeatedByCaller();
        long deadline = wire.moment(baggage, nowNanos, epochMillis(nowNanos));
        return new Arrival(wire.traceParent(environment), baggage, deadline, scope, path);
    }

    /** @param internal whether its broker belongs to us */
    Arrival of(MessageFacts message, boolean internal, long nowNanos) {
        boolean believed = internal || trusted.contain(message.host());
        Baggage baggage = believed ? wire.baggage(message) : Baggage.NONE;
        // Mostly nobody waits: then the sender's deadline was one for sending it.
        long deadline =
                message.awaited() ? wire.moment(baggage, nowNanos, epochMillis(nowNanos)) : CausalContext.NO_DEADLINE;
        AttemptHint hint = message.delivery() > 0 ? new AttemptHint(message.delivery() - 1, null) : AttemptHint.NONE;
        ScopeAttempt scope = root(message).beginRoot(hint, true);
        String sent = wire.attemptPath(baggage);
        // All deliveries of a message have the same headers.
        String path = sent.isEmpty() ? Integer.toString(scope.number()) : sent + "." + scope.number();
        return new Arrival(wire.traceParent(message), baggage, deadline, scope, path);
    }

    /**
     * The message itself says what it is: where it lies. Not its headers, because applications and libraries copy those
     * from one message to the next, and two messages taken for one would lose what the second one is there for.
     */
    private Root root(MessageFacts message) {
        String id = message.messageId();
        if (id == null && message.offset() < 0) return identity.randomRoot(CallFacts.Kind.MESSAGE_RECEIVE, roots);
        KeyedHash hash = identity.hash().add("message").add(message.system()).add(message.destination());
        if (message.consumer() == null) hash.add(-1L);
        else hash.add(message.consumer());
        hash.add((long) message.partition()).add(message.offset());
        if (id != null) hash.add(id);
        hash.finish();
        return roots.of(CallFacts.Kind.MESSAGE_RECEIVE, hash.high(), hash.low());
    }

    private long epochMillis(long nowNanos) {
        return clock.epochNanos(nowNanos) / MILLI;
    }
}
