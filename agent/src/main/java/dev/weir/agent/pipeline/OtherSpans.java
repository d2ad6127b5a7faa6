package dev.weir.agent.pipeline;

import dev.weir.agent.config.Log;
import dev.weir.bootstrap.Hooks;
import org.jspecify.annotations.Nullable;

/** Answers those that make spans too, on their threads. */
final class OtherSpans implements Hooks.Spans {

    private final ThreadLocal<ThreadState> states;
    private final Startup startup;
    private final ApplicationSpans applicationSpans;
    private final SharedSpans sharedSpans;
    private final Log log;

    OtherSpans(
            ThreadLocal<ThreadState> states,
            Startup startup,
            ApplicationSpans applicationSpans,
            SharedSpans sharedSpans,
            Log log) {
        this.states = states;
        this.startup = startup;
        this.applicationSpans = applicationSpans;
        this.sharedSpans = sharedSpans;
        this.log = log;
    }

    @Override
    public Hooks.@Nullable SpanContext span(String applicationSpanId) {
        ThreadState state = states.get();
        if (state.inside || state.node == null || state.beside) return null;
        return ApplicationSpans.nearer(state.node, startup.cause(state), applicationSpanId);
    }

    @Override
    public Hooks.@Nullable SpanContext startSpan(String tracer, Hooks.@Nullable SpanContext parent) {
        return states.get().inside ? null : applicationSpans.start(tracer, parent);
    }

    @Override
    public void endSpan(Hooks.SpanData span) {
        applicationSpans.end(span);
    }

    @Override
    public Hooks.@Nullable SpanContext beside(int kind, String parentSpanId) {
        ThreadState state = states.get();
        if (state.inside) return null;
        Hooks.SpanContext parent = sharedSpans.beside(state, kind, parentSpanId);
        state.beside = parent != null;
        return parent;
    }

    @Override
    public void began(Hooks.@Nullable ForeignSpan span) {
        ThreadState state = states.get();
        state.beside = false;
        if (span != null) sharedSpans.began(state, span);
    }

    @Override
    public void ending(Hooks.ForeignSpan span) {
        ThreadState state = states.get();
        boolean inside = state.inside;
        state.inside = true;
        try {
            sharedSpans.ending(span);
        } catch (Throwable t) {
            log.failure("end of a span of others", t);
        } finally {
            state.inside = inside;
        }
    }

    @Override
    public boolean shares() {
        return sharedSpans.sharing().withApplication();
    }

    @Override
    public void exportsTo(String endpoint, boolean grpc) {
        sharedSpans.sharing().exportsTo(endpoint, grpc);
    }

    @Override
    public @Nullable Object starting(int kind) {
        ThreadState state = states.get();
        return state.inside ? null : sharedSpans.starting(state, kind);
    }

    @Override
    public void started(Object starting, Hooks.@Nullable ForeignSpan span) {
        sharedSpans.started(states.get(), starting, span);
    }
}
