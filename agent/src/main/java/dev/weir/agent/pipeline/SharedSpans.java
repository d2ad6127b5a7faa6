package dev.weir.agent.pipeline;

import dev.weir.agent.context.Hex;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.HttpFacts;
import org.jspecify.annotations.Nullable;

/**
 * One span for a call that another agent follows too: that agent's. Its advice may be the outer one, and then its span is
 * there before the call begins; or the inner one, and then the call takes over the ids of a span that begins in it.
 */
final class SharedSpans {

    private static final Hooks.SpanContext NONE = new Hooks.SpanContext("", "", (byte) 0, null);

    private final Sampler sampler;
    private final Records records;

    SharedSpans(Sampler sampler, Records records) {
        this.sampler = sampler;
        this.records = records;
    }

    /** A call begins in this span, which may be the other agent's of this very call. */
    void begin(OpenCall call, Hooks.@Nullable SpanContext current) {
        Hooks.ForeignSpan span = current == null ? null : current.foreign;
        if (span != null && isOf(call.attempt.facts(), span) && span.take(call)) become(call, span);
    }

    /** See {@link Hooks#beside}. */
    static Hooks.@Nullable SpanContext beside(ThreadState state, int kind, String parentSpanId) {
        OpenCall call = innermost(state);
        if (call == null || call.foreign != null || call.ended()) return null;
        if (kind(call.attempt.facts()) != kind) return null;
        boolean inside = parentSpanId.isEmpty() ? call.parentSpanId == 0 : parentSpanId.equals(Hex.of(call.spanId));
        if (!inside) return null;
        if (call.parentSpanId == 0) return NONE;
        return new Hooks.SpanContext(
                Hex.of(call.traceHigh, call.traceLow), Hex.of(call.parentSpanId), call.flags, call.traceState);
    }

    /** See {@link Hooks#began}. */
    void began(ThreadState state, Hooks.ForeignSpan span) {
        OpenCall call = innermost(state);
        if (call == null || !isOf(call.attempt.facts(), span) || !span.take(call)) return;
        Object before = call.inside;
        become(call, span);
        if (call.inside != null && before == state.node) {
            call.inside = call.inside.as(call.traceHigh, call.traceLow, call.spanId, call.flags, call.traceState);
            state.node = call.inside;
        }
    }

    private static @Nullable OpenCall innermost(ThreadState state) {
        if (state.node instanceof OpenCall open) return open;
        OpenCall request = state.request;
        return request != null && request.inside == state.node ? request : null;
    }

    private void become(OpenCall call, Hooks.ForeignSpan span) {
        Hooks.SpanContext context = span.context();
        call.foreign = span;
        call.traceHigh = Hex.read(context.traceId, 0);
        call.traceLow = Hex.read(context.traceId, 16);
        call.spanId = Hex.read(context.spanId, 0);
        call.parentSpanId = span.parentSpanId.isEmpty() ? 0 : Hex.read(span.parentSpanId, 0);
        call.flags = sampler.join(call.traceLow, context.flags);
        call.traceState = context.traceState;
    }

    /** See {@link Hooks#ending}. */
    void ending(Hooks.ForeignSpan span) {
        Call call = span.end();
        if (call instanceof OpenCall open && !open.ended()) records.soFar(open, span, System.nanoTime());
    }

    /** Whether a span is of such a call at all: a client may be at work for a client of another kind. */
    private static boolean isOf(CallFacts facts, Hooks.ForeignSpan span) {
        if (kind(facts) != span.kind) return false;
        if (facts instanceof HttpFacts) {
            return span.has("http.request.method")
                    || span.has("http.method")
                    || span.has("rpc.system.name")
                    || span.has("rpc.system");
        }
        if (facts.kind() == CallFacts.Kind.SQL) return span.has("db.system.name") || span.has("db.system");
        return span.has("messaging.system");
    }

    private static int kind(CallFacts facts) {
        return switch (facts.kind()) {
            case HTTP_SERVER -> Hooks.ForeignSpan.SERVER;
            case HTTP_CLIENT, SQL -> Hooks.ForeignSpan.CLIENT;
            case MESSAGE_SEND -> Hooks.ForeignSpan.PRODUCER;
            case MESSAGE_RECEIVE -> Hooks.ForeignSpan.CONSUMER;
            default -> 0;
        };
    }
}
