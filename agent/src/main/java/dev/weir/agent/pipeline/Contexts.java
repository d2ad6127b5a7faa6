package dev.weir.agent.pipeline;

import dev.weir.agent.context.CausalContext;
import dev.weir.agent.context.Operations;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.bootstrap.ScopeFacts;
import org.jspecify.annotations.Nullable;

/** Makes the causal context of what happens inside of a scope. */
final class Contexts {

    private Contexts() {}

    /** The context inside of a request or message from outside. */
    static CausalContext inbound(OpenCall call, Arrival arrival) {
        CausalContext inside = new CausalContext(
                call.record.traceHigh,
                call.record.traceLow,
                call.record.spanId,
                call.record.flags,
                call.record.traceState(),
                arrival.baggage().others(),
                arrival.deadlineNanos(),
                arrival.baggage().session(),
                arrival.scope(),
                arrival.path(),
                null,
                arrival.remote() == null ? 0 : arrival.remote().spanId(),
                null,
                null,
                call.rare().applicationSpanId);
        inside.opened(call);
        return inside;
    }

    /** The HTTP request that a request of another protocol came by; threads of sessions carry whatever they began with. */
    static @Nullable CausalContext carrier(@Nullable CausalContext around) {
        if (around == null || around.scope().parent() != null) return null;
        return around.scope().kindOfRoot() == CallFacts.Kind.HTTP_SERVER ? around : null;
    }

    /** The context inside of a scope of this process. */
    static CausalContext inside(OpenCall scope, @Nullable CausalContext cause) {
        CausalContext inside = new CausalContext(
                scope.record.traceHigh,
                scope.record.traceLow,
                scope.record.spanId,
                scope.record.flags,
                scope.record.traceState(),
                cause == null ? null : cause.foreignBaggage(),
                scope.dueNanos,
                session(scope, cause),
                Operations.open(scope, scope.scope()),
                Wire.attemptPath(scope),
                layers(scope, cause),
                cause == null ? 0 : cause.callerSpanId(),
                within(scope, cause),
                cause,
                scope.rare().applicationSpanId);
        inside.opened(scope);
        return inside;
    }

    private static CallFacts.@Nullable Kind within(OpenCall scope, @Nullable CausalContext cause) {
        CallFacts.Kind kind = scope.facts().kind();
        return switch (kind) {
            case MODEL, MEMORY -> kind;
            case RETRY -> cause == null ? null : cause.within();
            default -> null;
        };
    }

    /** Whoever comes first says which session all this belongs to. */
    private static @Nullable String session(OpenCall scope, @Nullable CausalContext cause) {
        if (cause != null && cause.session() != null) return cause.session();
        String conversation = scope.facts() instanceof GenAiFacts ai ? ai.conversation() : null;
        return conversation == null ? null : Wire.session(conversation);
    }

    private static @Nullable String layers(OpenCall scope, @Nullable CausalContext cause) {
        String around = cause == null ? null : cause.layers();
        if (!(scope.facts() instanceof ScopeFacts layer) || layer.kind() != CallFacts.Kind.RETRY) return around;
        int number = layer.tryNumber() > 0 ? layer.tryNumber() : scope.number();
        return (around == null ? "" : around + "/") + layer.name() + ":" + number;
    }
}
