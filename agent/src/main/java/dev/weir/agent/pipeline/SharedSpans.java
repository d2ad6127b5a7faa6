package dev.weir.agent.pipeline;

import dev.weir.agent.context.CausalContext;
import dev.weir.agent.context.Hex;
import dev.weir.agent.context.TraceParent;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.HttpFacts;
import org.jspecify.annotations.Nullable;

/**
 * One span for a call that somebody else follows too, another agent or the application: theirs. Their span may be the outer
 * one, and then it is there before the call begins; or the inner one, and then the call takes over the ids of a span that
 * begins in it.
 */
final class SharedSpans {

    private static final Hooks.SpanContext NONE = new Hooks.SpanContext("", "", (byte) 0, null);

    private final Sharing sharing;
    private final Sampler sampler;
    private final Records records;
    private final KnownSpans known = new KnownSpans();

    SharedSpans(Sharing sharing, Sampler sampler, Records records) {
        this.sharing = sharing;
        this.sampler = sampler;
        this.records = records;
    }

    /** Whether and with whom. */
    Sharing sharing() {
        return sharing;
    }

    /**
     * A call begins, which somebody else's span may be of.
     *
     * @param current the innermost span around it, where that is not one of Weir's
     */
    void begin(OpenCall call, Hooks.@Nullable SpanContext current) {
        Hooks.ForeignSpan span = current == null ? null : current.foreign;
        if (span == null && !known.isEmpty()) span = known(call.facts(), current);
        if (span == null || !sharing.withAgents()) return;
        if (isOf(call.facts(), span) && span.take(call)) become(call, span);
    }

    /** The application's span that is current; or the one that the request names, for some libraries make none current. */
    private Hooks.@Nullable ForeignSpan known(CallFacts facts, Hooks.@Nullable SpanContext current) {
        Hooks.ForeignSpan span = current == null ? null : known.get(Hex.read(current.spanId, 0));
        if (span != null || !(facts instanceof HttpFacts)) return span;
        TraceParent named = TraceParent.read(facts.header("traceparent"));
        return named == null ? null : known.get(named.spanId());
    }

    // ---- another agent's

    /** See {@link Hooks#beside}. */
    Hooks.@Nullable SpanContext beside(ThreadState state, int kind, String parentSpanId) {
        OpenCall call = sharing.withAgents() ? innermost(state) : null;
        if (call == null || call.rare().foreign != null || call.ended()) return null;
        if (kind(call.facts()) != kind) return null;
        boolean inside = parentSpanId.isEmpty()
                ? call.record.parentSpanId == 0
                : parentSpanId.equals(Hex.of(call.record.spanId));
        if (!inside) return null;
        if (call.record.parentSpanId == 0) return NONE;
        return new Hooks.SpanContext(
                Hex.of(call.record.traceHigh, call.record.traceLow),
                Hex.of(call.record.parentSpanId),
                call.record.flags,
                call.record.traceState());
    }

    /** See {@link Hooks#began}. */
    void began(ThreadState state, Hooks.ForeignSpan span) {
        OpenCall call = innermost(state);
        if (call != null && !call.ended() && isOf(call.facts(), span) && span.take(call)) become(call, span);
    }

    private static @Nullable OpenCall innermost(ThreadState state) {
        if (state.node instanceof OpenCall open) return open;
        OpenCall request = state.request;
        return request != null && request.inside == state.node ? request : null;
    }

    // ---- the application's

    /** What is between {@link Hooks#starting} and {@link Hooks#started}. */
    private record Starting(
            ThreadState state,
            @Nullable Object node,
            @Nullable OpenCall call) {}

    /** See {@link Hooks#starting}. */
    @Nullable
    Object starting(ThreadState state, int kind) {
        if (!sharing.withApplication()) return null;
        OpenCall call = scope(state, kind);
        Starting starting = new Starting(state, state.node, call);
        if (call != null) state.node = call.cause();
        return starting;
    }

    /**
     * The scope of this kind that the new span begins in, if its own may become the new one. Which span of the application's is
     * current says nothing: on threads of a stream it may be one from around the scope that was put back just now. One that
     * began inside has asked for its parent.
     */
    private static @Nullable OpenCall scope(ThreadState state, int kind) {
        if (!(state.node instanceof CausalContext context) || context.isTold()) return null;
        if (!(context.open() instanceof OpenCall call) || call.rare().foreign != null || call.ended()) return null;
        return exactly(call.facts()) == kind ? call : null;
    }

    /** See {@link Hooks#started}. */
    void started(ThreadState state, Object starting, Hooks.@Nullable ForeignSpan span) {
        if (!(starting instanceof Starting before) || before.state != state) return;
        OpenCall call = before.call;
        if (call != null) state.node = before.node;
        if (span == null || !ApplicationSpans.isWellFormed(span.context())) return;
        known.put(Hex.read(span.context().spanId, 0), span);
        if (call == null || call.inside == null || call.inside.isTold()) return;
        if (span.take(call)) become(call, span);
    }

    // ---- both

    /** The call has not taken place: whoever makes the span of it, if anybody does, makes it without us. */
    static void giveBack(OpenCall call) {
        Hooks.ForeignSpan span = call.rare().foreign;
        if (span != null) span.giveBack();
    }

    private void become(OpenCall call, Hooks.ForeignSpan span) {
        Hooks.SpanContext context = span.context();
        call.withRare().foreign = span;
        long low = Hex.read(context.traceId, 16);
        long parent = span.parentSpanId.isEmpty() ? 0 : Hex.read(span.parentSpanId, 0);
        call.record.within(Hex.read(context.traceId, 0), low, parent, sampler.join(low, context.flags));
        call.record.spanId = Hex.read(context.spanId, 0);
        call.record.traceState(context.traceState);
        if (call.inside != null) {
            call.inside.become(
                    call.record.traceHigh,
                    call.record.traceLow,
                    call.record.spanId,
                    call.record.flags,
                    call.record.traceState());
        }
    }

    /** See {@link Hooks#ending}. */
    void ending(Hooks.ForeignSpan span) {
        if (!known.isEmpty()) known.remove(span);
        Call call = span.end();
        if (call instanceof OpenCall open && !open.ended()) records.soFar(open, span, System.nanoTime());
    }

    /** Whether a span is of such a call at all: a client may be at work for a client of another kind. */
    private static boolean isOf(CallFacts facts, Hooks.ForeignSpan span) {
        if (span.kind >= Hooks.ForeignSpan.RUN) return exactly(facts) == span.kind;
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

    private static int exactly(CallFacts facts) {
        return switch (facts.kind()) {
            case RUN -> Hooks.ForeignSpan.RUN;
            case MODEL -> Hooks.ForeignSpan.MODEL;
            case TOOL -> Hooks.ForeignSpan.TOOL;
            case HTTP_CLIENT -> Hooks.ForeignSpan.HTTP_CLIENT;
            case HTTP_SERVER -> Hooks.ForeignSpan.HTTP_SERVER;
            default -> 0;
        };
    }
}
