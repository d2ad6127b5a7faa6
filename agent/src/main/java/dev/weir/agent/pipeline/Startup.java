package dev.weir.agent.pipeline;

import dev.weir.agent.context.CausalContext;
import dev.weir.agent.context.HeaderNames;
import dev.weir.agent.context.TraceParent;
import dev.weir.bootstrap.CallFacts;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What started this process, as its environment says: the cause of all that it does by itself, until it serves others.
 * From then on nobody can tell what is still part of its start, and the deadline of whoever started it is none of a
 * server's.
 */
final class Startup {

    private final Arrivals arrivals;
    private final Sampler sampler;
    private final Wire wire;
    private volatile @Nullable CausalContext context;
    private volatile boolean serves;

    Startup(Arrivals arrivals, Sampler sampler, Wire wire) {
        this.arrivals = arrivals;
        this.sampler = sampler;
        this.wire = wire;
    }

    /** The context that an environment tells of; {@code null} when it tells of none. */
    @Nullable
    CausalContext of(Map<String, String> variables) {
        Environment environment = new Environment(variables);
        if (environment.header(HeaderNames.TRACEPARENT) == null) return null;
        Arrival arrival = arrivals.of(environment, System.nanoTime());
        TraceParent remote = arrival.remote();
        if (remote == null) return null;
        CausalContext told = new CausalContext(
                remote.traceHigh(),
                remote.traceLow(),
                remote.spanId(),
                sampler.join(remote.traceLow(), remote.flags()),
                wire.traceState(environment),
                arrival.baggage().others(),
                arrival.deadlineNanos(),
                arrival.baggage().session(),
                arrival.scope(),
                arrival.path(),
                null,
                remote.spanId(),
                null,
                null,
                0);
        context = told;
        return told;
    }

    /** A request or message has come. */
    void serves() {
        if (!serves) serves = true;
    }

    /** What has caused what a thread does now. */
    @Nullable
    CausalContext cause(ThreadState state) {
        CausalContext cause = state.context();
        if (!serves || cause == null || context == null || cause.scope() != context.scope()) return cause;
        if (state.node == cause) state.node = null;
        return null;
    }

    /** The environment of this process, by the names of headers. */
    static final class Environment extends CallFacts {

        private final Map<String, String> variables;

        Environment(Map<String, String> variables) {
            super(Kind.PROCESS, "processes");
            this.variables = variables;
        }

        @Override
        public @Nullable String header(String name) {
            return switch (name) {
                case HeaderNames.TRACEPARENT, HeaderNames.TRACESTATE, HeaderNames.BAGGAGE ->
                    variables.get(name.toUpperCase(Locale.ROOT));
                default -> null;
            };
        }
    }
}
