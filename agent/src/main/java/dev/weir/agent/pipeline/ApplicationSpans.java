package dev.weir.agent.pipeline;

import dev.weir.agent.context.CausalContext;
import dev.weir.agent.context.Hex;
import dev.weir.agent.context.Identity;
import dev.weir.agent.context.TraceParent;
import dev.weir.agent.export.SpanRecord;
import dev.weir.bootstrap.Hooks;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes one tree of Weir's spans and those that the application makes itself.
 *
 * <p>Both have a stack of what is current on a thread, and neither knows the other's. Which of the two tops is the inner
 * one is told by what each scope of Weir's remembers: the application's span that was current when it began. As long as
 * that one is current still, or one further out, the scope is the inner one.
 */
final class ApplicationSpans {

    private final Identity identity;
    private final Sampler sampler;
    private final Records records;
    private final Set<String> toldAlready;

    /** @param toldAlready tracers that make spans of what adapters tell of */
    ApplicationSpans(Identity identity, Sampler sampler, Records records, Set<String> toldAlready) {
        this.identity = identity;
        this.sampler = sampler;
        this.records = records;
        this.toldAlready = toldAlready;
    }

    /**
     * A call or scope begins while this span of the application's is current.
     *
     * @return whether the span is its parent, and not Weir's scope around it
     */
    boolean contain(OpenCall call, Hooks.@Nullable SpanContext application, @Nullable CausalContext cause) {
        if (application == null || !isWellFormed(application)) return false;
        long span = Hex.read(application.spanId, 0);
        call.withRare().applicationSpanId = span;
        if (cause != null && cause.isIn(span)) return false;
        hang(call, application);
        return true;
    }

    /**
     * A request or message comes in while a span of the application's is current, and says itself what caused it. Both hold
     * when the span is the application's of this very request: it began before Weir's, in the same trace.
     *
     * @return whether the span is its parent
     */
    boolean receive(OpenCall call, Hooks.@Nullable SpanContext application, @Nullable TraceParent remote) {
        if (application == null || !isWellFormed(application)) return false;
        call.withRare().applicationSpanId = Hex.read(application.spanId, 0);
        boolean ofThis = remote == null
                || (remote.traceLow() == Hex.read(application.traceId, 16)
                        && remote.traceHigh() == Hex.read(application.traceId, 0));
        if (ofThis) hang(call, application);
        return ofThis;
    }

    private void hang(OpenCall call, Hooks.SpanContext parent) {
        long low = Hex.read(parent.traceId, 16);
        byte flags = sampler.join(low, parent.flags);
        call.record.within(Hex.read(parent.traceId, 0), low, call.rare().applicationSpanId, flags);
        call.record.traceState(parent.traceState);
    }

    /** What another thread is given: the context, in the application's span that is current here, if that is inside of Weir's. */
    static @Nullable Object with(@Nullable CausalContext cause) {
        Hooks.SpanContext application = Hooks.applicationSpan();
        if (application == Hooks.SpanContext.OFF) return application;
        if (cause == null || application == null || !isWellFormed(application)) return cause;
        long span = Hex.read(application.spanId, 0);
        if (cause.isIn(span)) return cause;
        return cause.inSpan(
                Hex.read(application.traceId, 0),
                Hex.read(application.traceId, 16),
                span,
                application.flags,
                application.traceState);
    }

    /**
     * Weir's span that the thread is in.
     *
     * @param node what the thread is in the middle of
     * @param applicationSpanId the application's span that is current; empty for none
     * @return {@code null} when the application's span is further in
     */
    static Hooks.@Nullable SpanContext nearer(Object node, @Nullable CausalContext cause, String applicationSpanId) {
        OpenCall open = node instanceof OpenCall call ? call : null;
        if (!applicationSpanId.isEmpty()) {
            if (applicationSpanId.length() != 16 || !Hex.is(applicationSpanId, 0, 16)) return null;
            long span = Hex.read(applicationSpanId, 0);
            boolean around = (open != null && (open.record.spanId == span || open.rare().applicationSpanId == span))
                    || (cause != null && cause.isIn(span));
            if (!around) return null;
        }
        if (open != null) {
            open.told = true;
            SpanRecord record = open.record;
            return new Hooks.SpanContext(
                    Hex.of(record.traceHigh, record.traceLow),
                    Hex.of(record.spanId),
                    record.flags,
                    record.traceState());
        }
        return cause == null ? null : cause.span();
    }

    /** A span for which the application has no SDK; {@code null} when an adapter tells of the same. */
    Hooks.@Nullable SpanContext start(String tracer, Hooks.@Nullable SpanContext parent) {
        if (toldAlready.contains(tracer)) return null;
        String spanId = Hex.of(identity.random());
        if (parent != null && isWellFormed(parent)) {
            byte flags = sampler.join(Hex.read(parent.traceId, 16), parent.flags);
            return new Hooks.SpanContext(parent.traceId, spanId, flags, parent.traceState);
        }
        long low = identity.random();
        return new Hooks.SpanContext(Hex.of(identity.random(), low), spanId, sampler.begin(low), null);
    }

    /** Such a span is over. */
    void end(Hooks.SpanData span) {
        if (isWellFormed(span.context)) records.application(span);
    }

    static boolean isWellFormed(Hooks.SpanContext span) {
        return span.traceId.length() == 32
                && span.spanId.length() == 16
                && Hex.is(span.traceId, 0, 32)
                && Hex.is(span.spanId, 0, 16);
    }
}
