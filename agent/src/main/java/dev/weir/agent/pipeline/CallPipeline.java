package dev.weir.agent.pipeline;

import dev.weir.agent.config.Log;
import dev.weir.agent.context.AttemptHint;
import dev.weir.agent.context.CausalContext;
import dev.weir.agent.context.Destination;
import dev.weir.agent.context.Ending;
import dev.weir.agent.context.HeaderNames;
import dev.weir.agent.context.Hex;
import dev.weir.agent.context.Identity;
import dev.weir.agent.context.KeyedHash;
import dev.weir.agent.context.Operations;
import dev.weir.agent.context.ScopeAttempt;
import dev.weir.agent.context.TraceParent;
import dev.weir.agent.export.EpochClock;
import dev.weir.agent.ledger.Roots;
import dev.weir.agent.rules.Judgement;
import dev.weir.agent.rules.Rule;
import dev.weir.agent.rules.RuleBook;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.FileFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.bootstrap.McpFacts;
import dev.weir.bootstrap.MessageFacts;
import dev.weir.bootstrap.ProcessFacts;
import dev.weir.bootstrap.ScopeFacts;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes one call from its hook to the export queue. Read this first.
 *
 * <p>{@link #begin}: causal context → operation and attempt → the rules judge → denial, or levers pulled. {@link #end}:
 * outcome → operation table → record. Between the two the thread's {@link ThreadState} points to the open call, so that
 * the inner half of the same call (a driver under a pool, a stream under {@code Files.write}) is not taken for another.
 *
 * <p>Everything here runs on the application's threads, in the middle of its calls. Whatever fails is caught and
 * counted here, and the call goes on as if there were no agent.
 */
public final class CallPipeline implements Hooks.Agent {

    /** Says whether a file is one that a person wants followed. */
    public interface FileFilter {

        /** Whether this absolute path is followed. */
        boolean follows(String path);
    }

    /** HTTP 409. */
    private static final int CONFLICT = 409;

    private final ThreadLocal<ThreadState> states;
    private final Identity identity;
    private final Roots roots;
    private final RuleBook rules;
    private final Sampler sampler;
    private final Arrivals arrivals;
    private final Destinations destinations;
    private final Fingerprints fingerprints;
    private final KnownScopes knownScopes;
    private final Wire wire;
    private final Startup startup;
    private final AttemptHeaders attemptHeaders;
    private final RefusedAttributes refusedAttributes;
    private final Records records;
    private final ApplicationSpans applicationSpans;
    private final SharedSpans sharedSpans;
    private final OtherSpans otherSpans;
    private final EpochClock clock;
    private final FileFilter fileFilter;
    private final boolean filesOutsideRuns;
    private final Log log;
    private final WhenManaged whenManaged;

    CallPipeline(
            ThreadLocal<ThreadState> states,
            Identity identity,
            Roots roots,
            RuleBook rules,
            Sampler sampler,
            Arrivals arrivals,
            Destinations destinations,
            Fingerprints fingerprints,
            Wire wire,
            AttemptHeaders attemptHeaders,
            Records records,
            ApplicationSpans applicationSpans,
            SharedSpans sharedSpans,
            EpochClock clock,
            FileFilter fileFilter,
            boolean filesOutsideRuns,
            Log log) {
        this.states = states;
        this.identity = identity;
        this.roots = roots;
        this.rules = rules;
        this.sampler = sampler;
        this.arrivals = arrivals;
        this.destinations = destinations;
        this.fingerprints = fingerprints;
        this.knownScopes = new KnownScopes(identity, roots);
        this.wire = wire;
        this.startup = new Startup(arrivals, sampler, wire);
        this.attemptHeaders = attemptHeaders;
        this.records = records;
        this.applicationSpans = applicationSpans;
        this.sharedSpans = sharedSpans;
        this.otherSpans = new OtherSpans(states, startup, applicationSpans, sharedSpans, log);
        this.clock = clock;
        this.fileFilter = fileFilter;
        this.filesOutsideRuns = filesOutsideRuns;
        this.log = log;
        this.whenManaged = new WhenManaged(log);
        this.refusedAttributes = new RefusedAttributes(log);
    }

    // ---- begin

    @Override
    public boolean follows(CallFacts.Kind kind) {
        ThreadState state = states.get();
        if (state.inside || state.node == Hooks.SpanContext.OFF) return false;
        if (kind == CallFacts.Kind.FILE && state.node == null && !filesOutsideRuns) return false;
        if (kind == CallFacts.Kind.PROCESS && startup.cause(state) == null) return false;
        return !isInnerHalf(state, kind);
    }

    /** Whether a call of this kind is open on this thread already. Most scopes may contain scopes of their own kind. */
    private static boolean isInnerHalf(ThreadState state, CallFacts.Kind kind) {
        if (kind == CallFacts.Kind.MODEL || kind == CallFacts.Kind.MEMORY) {
            CausalContext cause = state.context();
            return cause != null && cause.within() == kind;
        }
        Object node = state.node;
        for (Object at = node; at instanceof OpenCall open; at = open.previous) {
            if (open.facts().kind() == kind) return true;
        }
        return false;
    }

    @Override
    public @Nullable Call begin(CallFacts facts) {
        ThreadState state = states.get();
        if (state.inside || isInnerHalf(state, facts.kind())) return null;
        state.inside = true;
        try {
            Hooks.SpanContext application = Hooks.applicationSpan();
            if (application == Hooks.SpanContext.OFF || state.node == Hooks.SpanContext.OFF) return null;
            if (facts.kind().inbound()) return beginInbound(facts, state, application);
            if (facts instanceof FileFacts file && !isWantedFile(file, state)) return null;
            if (facts instanceof ProcessFacts && startup.cause(state) == null) return null;
            return beginInside(facts, state, application);
        } catch (Throwable t) {
            log.failure("begin of " + facts.instrumentation(), t);
            return null;
        } finally {
            state.inside = false;
        }
    }

    private boolean isWantedFile(FileFacts file, ThreadState state) {
        return (state.node != null || filesOutsideRuns) && fileFilter.follows(file.path());
    }

    /** A call, or a scope inside the process. */
    private Call beginInside(CallFacts facts, ThreadState state, Hooks.@Nullable SpanContext application) {
        long now = System.nanoTime();
        ScopeAttempt known = knownScopes.begin(facts);
        CausalContext cause = known == null ? startup.cause(state) : null;
        ScopeAttempt parent = known != null ? known : cause == null ? ambient(state) : cause.scope();
        long inherited = cause == null ? CausalContext.NO_DEADLINE : cause.deadlineNanos();
        Destination destination = destinations.of(facts);
        OpenCall before =
                facts instanceof ScopeFacts scope && scope.previousTry() instanceof OpenCall tried ? tried : null;
        // Each thread has an ambient table of its own, but a scheduler may make the next try.
        if (before != null && cause == null && before.cause() == null) parent = before.scope();
        OpenCall call = new OpenCall(facts, cause, destination, inherited, now, state);
        AttemptHint hint = facts instanceof HttpFacts request
                ? attemptHeaders.of(request).unlessPassedOn(parent.inbound())
                : known == null ? AttemptHint.NONE : KnownScopes.triedBefore(facts);
        long fingerprint = fingerprints.of(facts, hint);
        if (before == null) Operations.begin(call, parent, fingerprint, hint, now);
        else Operations.repeat(call, parent, fingerprint, before.operation(), now);
        Judgement judgement = Waiting.out(rules.judge(call, now), call);
        call.judgement = judgement;
        now = call.beganNanos();
        long callerMillis = facts.callerTimeoutMillis();
        long own = callerMillis <= 0 ? CausalContext.NO_DEADLINE : now + callerMillis * 1_000_000;
        call.dueNanos = Math.min(inherited, own);
        call.record.spanId = identity.random();
        boolean contained = known == null && applicationSpans.contain(call, application, cause);
        if (!contained) trace(call, cause);
        sharedSpans.begin(call, contained ? application : null);
        Call.Denied denial = facts.refusable() ? judgement.denial(facts) : null;
        if (denial != null) {
            judgement.refuse();
            rules.dropped(call, now);
            Operations.end(call, parent, Ending.denied(judgement.findings().size()), now);
            records.denied(call, denial, now);
            return denial;
        }
        if (facts instanceof HttpFacts http) {
            wire.inject(call, facts, http.host(), destination.internal(), now, clock.epochNanos(now) / 1_000_000);
        } else if (facts instanceof MessageFacts message) {
            wire.inject(call, message, destination.internal(), now, clock.epochNanos(now) / 1_000_000);
        } else if (facts instanceof McpFacts mcp) {
            wire.inject(call, facts, mcp.host(), destination.internal(), now, clock.epochNanos(now) / 1_000_000);
        } else if (facts instanceof ProcessFacts) {
            wire.inject(call, facts, "", true, now, clock.epochNanos(now) / 1_000_000);
        } else if (facts instanceof FileFacts file && file.action() != FileFacts.Action.READ) {
            file.leaveTraceparent(wire.traceParent(call));
        }
        judgement.apply(facts);
        if (facts.kind().scope()) {
            call.inside = Contexts.inside(call, cause);
            state.node = call.inside;
        } else {
            state.node = call;
        }
        return call;
    }

    private ScopeAttempt ambient(ThreadState state) {
        if (state.ambient == null) state.ambient = identity.ambientRoot(roots).beginRoot();
        return state.ambient;
    }

    private void trace(OpenCall call, @Nullable CausalContext cause) {
        if (cause == null) {
            KeyedHash trace = identity.trace(call.operation());
            long low = trace.low();
            call.record.within(trace.high(), low, 0, sampler.begin(low));
        } else {
            call.record.within(cause.traceHigh(), cause.traceLow(), cause.spanId(), cause.flags());
            call.record.traceState(cause.traceState());
        }
    }

    /** A request or a message from outside: what it causes hangs below it, and its identity comes from outside. */
    private Call beginInbound(CallFacts facts, ThreadState state, Hooks.@Nullable SpanContext application) {
        long now = System.nanoTime();
        startup.serves();
        CausalContext around = facts instanceof McpFacts ? Contexts.carrier(startup.cause(state)) : null;
        Arrival arrival;
        if (facts instanceof MessageFacts message) {
            arrival = arrivals.of(message, destinations.of(message).internal(), now);
        } else if (facts instanceof McpFacts request) {
            arrival = arrivals.of(request, around, now);
        } else {
            arrival = arrivals.of((HttpFacts) facts, now);
        }
        ScopeAttempt scope = arrival.scope();
        TraceParent remote = arrival.remote();
        OpenCall call = new OpenCall(facts, null, Destination.NONE, arrival.deadlineNanos(), now, state);
        Operations.inbound(call, scope);
        Judgement judgement = rules.judge(call, now);
        call.judgement = judgement;
        call.record.spanId = identity.random();
        long high = remote == null ? identity.random() : remote.traceHigh();
        long low = remote == null ? identity.random() : remote.traceLow();
        byte flags = remote == null ? sampler.begin(low) : sampler.join(low, remote.flags());
        call.record.within(high, low, remote == null ? 0 : remote.spanId(), flags);
        call.record.attemptPath = arrival.path();
        // A request in a request: it is caused by what its sender says, and came by the one around it.
        if (around != null && around.spanId() != call.record.parentSpanId)
            call.record.withRare().linked = wire.traceParent(around);
        call.calledByUs = arrival.baggage().operation() != null;
        Call.Denied denial = facts.refusable() ? judgement.denial(facts) : null;
        if (denial != null) {
            judgement.refuse();
            Operations.endInbound(scope, false, false, now);
            records.denied(call, denial, now);
            return denial;
        }
        judgement.apply(facts);
        call.record.traceState(remote == null ? null : wire.traceState(facts));
        if (around == null && applicationSpans.receive(call, application, remote)) sharedSpans.begin(call, application);
        call.inside = Contexts.inbound(call, arrival);
        state.node = call.inside;
        state.request = call;
        return call;
    }

    /** How many inbound and outbound headers were malformed, and ignored. */
    public long malformedHeaders() {
        return wire.malformed() + attemptHeaders.malformed() + rules.malformed();
    }

    // ---- between

    @Override
    public void replying(Call call) {
        if (!(call instanceof OpenCall open) || !open.calledByUs || open.ended()) return;
        try {
            ScopeAttempt scope = open.scope();
            CallFacts facts = open.facts();
            facts.setResponseHeader(
                    HeaderNames.ATTEMPTS,
                    scope.wireAttempts() + "/" + scope.operations() + "/" + scope.amplification());
        } catch (Throwable t) {
            log.failure("reply of " + open.facts().instrumentation(), t);
        }
    }

    @Override
    public Call.@Nullable Denied resent(Call call) {
        if (!(call instanceof OpenCall open) || open.ended()) return null;
        try {
            int resends;
            synchronized (open) {
                resends = open.rare().resends + 1;
            }
            Judgement judgement = rules.judgeResend(open, resends);
            CallFacts facts = open.facts();
            Call.Denied denial = facts.refusable() ? judgement.denial(facts) : null;
            if (denial == null) judgement.apply(facts);
            else judgement.refuse();
            synchronized (open) {
                OpenCall.Rare rare = open.withRare();
                rare.resendJudgement = judgement;
                if (denial == null) rare.resends = resends;
            }
            return denial;
        } catch (Throwable t) {
            log.failure("resend of " + open.facts().instrumentation(), t);
            return null;
        }
    }

    // ---- end

    @Override
    public void leave(Call call) {
        if (call instanceof OpenCall open) leave(open, states.get());
    }

    private static void leave(OpenCall open, ThreadState state) {
        // Here too when it ends elsewhere, or a thread that serves nothing more would keep it.
        if (open.began.request == open) open.began.request = null;
        if (state != open.began) return;
        Object mine = open.inside == null ? open : open.inside;
        // Calls begun inside that never reported their end may still stand on top of this one.
        for (Object at = state.node; at != null; at = at instanceof OpenCall above ? above.previous : null) {
            if (at == mine) {
                state.node = open.previous;
                return;
            }
        }
    }

    @Override
    public void end(Call call, int status, @Nullable String code, @Nullable Throwable thrown) {
        if (!(call instanceof OpenCall open)) return;
        ThreadState state = states.get();
        leave(open, state);
        if (!open.end()) return;
        boolean inside = state.inside;
        state.inside = true;
        try {
            long now = System.nanoTime();
            CallFacts facts = open.facts();
            boolean keySent = status == CONFLICT
                    && facts.kind() == CallFacts.Kind.HTTP_CLIENT
                    && facts.header(HeaderNames.IDEMPOTENCY_KEY) != null;
            Settlement settlement = Settlement.of(facts, status, code, thrown, keySent);
            boolean settled = settlement != Settlement.OPEN;
            boolean succeeded = settlement == Settlement.SUCCEEDED;
            if (facts.kind().inbound()) {
                Operations.endInbound(open.scope(), settled, succeeded, now);
            } else {
                if (facts.kind().outward()) {
                    Rule.Answer answer = Settlement.answer(facts, status, code, thrown);
                    open.note(rules.ended(open, answer, now));
                }
                Operations.end(open, open.scope(), ending(open, facts, settled, succeeded), now);
                if (KnownScopes.isKnown(facts)) Operations.endInbound(open.scope(), settled, succeeded, now);
            }
            if (facts instanceof HttpFacts http) wire.rejoin(open, http);
            records.ended(open, status, code, thrown, now);
            if (facts instanceof FileFacts file) refusedAttributes.ended(file);
        } catch (Throwable t) {
            log.failure("end of " + open.facts().instrumentation(), t);
        } finally {
            state.inside = inside;
        }
    }

    @Override
    public void withdraw(Call call) {
        if (!(call instanceof OpenCall open)) return;
        leave(open, states.get());
        if (!open.end() || open.facts().kind().inbound()) return;
        SharedSpans.giveBack(open);
        try {
            long now = System.nanoTime();
            rules.dropped(open, now);
            Operations.withdraw(open, open.scope(), now);
        } catch (Throwable t) {
            log.failure("withdrawal of " + open.facts().instrumentation(), t);
        }
    }

    private Ending ending(OpenCall open, CallFacts facts, boolean settled, boolean succeeded) {
        int verdicts = records.notable(open);
        ScopeAttempt scope = open.inside == null ? null : open.inside.scope();
        if (scope != null && !facts.kind().outward()) {
            // What happened inside was counted into the scopes around when it happened.
            return new Ending(settled, succeeded, false, 0, 0, 0, scope.amplification(), verdicts);
        }
        String header = open.destination().internal() ? open.answerHeader(HeaderNames.ATTEMPTS) : null;
        if (header == null && scope == null) return Ending.of(settled, succeeded, open.rare().resends, verdicts);
        long[] reported = wire.reported(header);
        // A call that goes by another one is on the wire once.
        long carried = scope != null && scope.wireAttempts() > 0 ? 1 : 0;
        return new Ending(
                settled,
                succeeded,
                false,
                open.rare().resends,
                reported[0] - carried,
                reported[1] - carried,
                (int) reported[2],
                verdicts);
    }

    // ---- threads

    @Override
    public @Nullable Call open() {
        return states.get().node instanceof OpenCall open ? open : null;
    }

    @Override
    public @Nullable Object capture() {
        ThreadState state = states.get();
        return state.inside ? null : ApplicationSpans.with(startup.cause(state));
    }

    @Override
    public @Nullable Object scope() {
        ThreadState state = states.get();
        CausalContext cause = state.inside ? null : startup.cause(state);
        return cause == null ? null : cause.scope();
    }

    @Override
    public @Nullable Object enter(@Nullable Object captured) {
        ThreadState state = states.get();
        Object previous = state.node;
        state.node = captured;
        return previous;
    }

    @Override
    public void exit(@Nullable Object previous) {
        states.get().node = previous;
    }

    @Override
    public String @Nullable [] correlation() {
        ThreadState state = states.get();
        if (state.inside || state.node == null) return null;
        if (state.node instanceof OpenCall open) {
            String operation = open.operation().id();
            return new String[] {
                Hex.of(open.record.traceHigh, open.record.traceLow), Hex.of(open.record.spanId), operation
            };
        }
        CausalContext cause = startup.cause(state);
        return cause == null ? null : cause.correlation();
    }

    @Override
    public Hooks.Spans otherSpans() {
        return otherSpans;
    }

    @Override
    public void managed() {
        whenManaged.run(states.get());
    }

    /** What the calling thread does, and whatever comes of it, is caused by whoever started this process. */
    public void startedBy(Map<String, String> environment) {
        states.get().node = startup.of(environment);
    }

    /** Runs once, when the platform's MBean server is there. */
    public void whenManaged(Runnable registration) {
        whenManaged.set(registration);
    }

    /** Marks the calling thread as the agent's own for good: nothing that it does is followed. */
    public void disown() {
        states.get().inside = true;
    }
}
