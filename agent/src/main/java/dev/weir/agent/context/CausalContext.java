package dev.weir.agent.context;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import org.jspecify.annotations.Nullable;

/**
 * What caused the things that happen now: the trace, the deadline, and the scope that they happen in.
 *
 * <p>It can be handed to any thread: it does not change, but for the ids of a span that becomes another one. Whoever
 * puts one on a thread remembers what was there before and puts exactly that back; nothing is ever counted up and down,
 * because a call that is in flight when advice fails never reports its end.
 *
 * <p>The deadline is a moment on this JVM's monotonic clock. It crosses processes as the time that is left, so that no
 * two clocks need to agree.
 */
public final class CausalContext {

    /** For {@link #deadlineNanos}. */
    public static final long NO_DEADLINE = Long.MAX_VALUE;

    private static final String FIRST_ATTEMPT = "1";

    private final long traceHigh;
    private final long traceLow;
    private final long spanId;
    private final byte flags;
    private final @Nullable String traceState;
    private final @Nullable String foreignBaggage;
    private final long deadlineNanos;
    private final @Nullable String session;
    private final ScopeAttempt scope;
    private final String attemptPath;
    private final @Nullable String layers;
    private final long callerSpanId;
    private final CallFacts.@Nullable Kind within;
    private final @Nullable CausalContext around;
    private final long applicationSpanId;
    // Most calls are first attempts, and a context has many of them. Filled by whoever needs it, by several if need be.
    private @Nullable String firstAttemptPath;
    private String @Nullable [] correlation;
    private Hooks.@Nullable SpanContext span;
    private @Nullable CausalContext inner;
    // Whether anybody has asked for the ids. No lock: who asks while they change may hear either.
    private boolean told;
    private @Nullable Ids instead;
    private volatile @Nullable Call open;

    /** Other ids for the span of a scope. Immutable, for it is handed over without a lock. */
    private record Ids(
            long traceHigh,
            long traceLow,
            long spanId,
            byte flags,
            @Nullable String traceState) {}

    /**
     * @param around what this is inside of
     * @param applicationSpanId the span of the application's own that was current when the scope began; 0 for none
     */
    public CausalContext(
            long traceHigh,
            long traceLow,
            long spanId,
            byte flags,
            @Nullable String traceState,
            @Nullable String foreignBaggage,
            long deadlineNanos,
            @Nullable String session,
            ScopeAttempt scope,
            String attemptPath,
            @Nullable String layers,
            long callerSpanId,
            CallFacts.@Nullable Kind within,
            @Nullable CausalContext around,
            long applicationSpanId) {
        this.traceHigh = traceHigh;
        this.traceLow = traceLow;
        this.spanId = spanId;
        this.flags = flags;
        this.traceState = traceState;
        this.foreignBaggage = foreignBaggage;
        this.deadlineNanos = deadlineNanos;
        this.session = session;
        this.scope = scope;
        this.attemptPath = attemptPath;
        this.layers = layers;
        this.callerSpanId = callerSpanId;
        this.within = within;
        this.around = around;
        this.applicationSpanId = applicationSpanId;
    }

    /** The same, in a span of the application's own that began inside. One object for one span, as long as it is the last. */
    public CausalContext inSpan(
            long spanTraceHigh, long spanTraceLow, long innerSpanId, byte innerFlags, @Nullable String innerState) {
        CausalContext last = inner;
        if (last != null && last.spanId == innerSpanId) return last;
        CausalContext made = in(spanTraceHigh, spanTraceLow, innerSpanId, innerFlags, innerState, this, 0);
        inner = made;
        return made;
    }

    /** The scope's span has these ids after all. */
    public void become(
            long otherTraceHigh, long otherTraceLow, long otherSpanId, byte otherFlags, @Nullable String otherState) {
        instead = new Ids(otherTraceHigh, otherTraceLow, otherSpanId, otherFlags, otherState);
        correlation = null;
        span = null;
    }

    /** Whether somebody may have begun a span inside of this one. */
    public boolean isTold() {
        return told;
    }

    /** From now on it is known whose context this is, until {@link #over}. */
    public void opened(Call call) {
        open = call;
    }

    /** The scope is over. */
    public void over() {
        open = null;
    }

    /** The scope itself, as long as it is open. */
    public @Nullable Call open() {
        return open;
    }

    private CausalContext in(
            long high,
            long low,
            long id,
            byte spanFlags,
            @Nullable String state,
            @Nullable CausalContext outside,
            long application) {
        return new CausalContext(
                high,
                low,
                id,
                spanFlags,
                state,
                foreignBaggage,
                deadlineNanos,
                session,
                scope,
                attemptPath,
                layers,
                callerSpanId,
                within,
                outside,
                application);
    }

    /** Whether a span is that of this scope, or one around it: of Weir's, of the application's own, or the caller's. */
    public boolean isIn(long span) {
        for (CausalContext at = this; at != null; at = at.around) {
            if (at.spanId == span || at.applicationSpanId == span || at.callerSpanId == span) return true;
            Ids other = at.instead;
            if (other != null && other.spanId == span) return true;
        }
        return false;
    }

    /** Whoever asks may tell others. */
    private @Nullable Ids ids() {
        if (!told) told = true;
        return instead;
    }

    /** The first half of the trace's id. */
    public long traceHigh() {
        Ids other = ids();
        return other == null ? traceHigh : other.traceHigh;
    }

    /** The second half of the trace's id. */
    public long traceLow() {
        Ids other = ids();
        return other == null ? traceLow : other.traceLow;
    }

    /** The span of the scope. */
    public long spanId() {
        Ids other = ids();
        return other == null ? spanId : other.spanId;
    }

    /** The trace flags of W3C Trace Context. */
    public byte flags() {
        Ids other = instead;
        return other == null ? flags : other.flags;
    }

    /** The {@code tracestate} that came in. */
    public @Nullable String traceState() {
        Ids other = instead;
        return other == null ? traceState : other.traceState;
    }

    /** The entries of the inbound {@code baggage} that are not Weir's. */
    public @Nullable String foreignBaggage() {
        return foreignBaggage;
    }

    /** When whoever caused this gives up, on the clock of {@link System#nanoTime}; {@link #NO_DEADLINE} for never. */
    public long deadlineNanos() {
        return deadlineNanos;
    }

    /** The session that this belongs to. */
    public @Nullable String session() {
        return session;
    }

    /** The attempt of the scope that contains what happens now. */
    public ScopeAttempt scope() {
        return scope;
    }

    /** The attempts on the way here, outermost first, such as {@code 2.3}. */
    public String attemptPath() {
        return attemptPath;
    }

    /**
     * The layers of retries on the way here in this process, outermost first, each with the number of its try, such as
     * {@code resilience4j:2/openai-java:3}; {@code null} when there is none.
     */
    public @Nullable String layers() {
        return layers;
    }

    /** The span outside this process that caused all this; 0 when there is none. */
    public long callerSpanId() {
        return callerSpanId;
    }

    /**
     * What several libraries may say of one and the same thing, when it is going on here: a model call of a framework is
     * made of a model call of an SDK, with nothing but retries in between. {@code null} for none.
     */
    public CallFacts.@Nullable Kind within() {
        return within;
    }

    /** The attempts on the way to a call that happens here, and its own. */
    public String attemptPath(int number) {
        if (number != 1) return attemptPath.isEmpty() ? Integer.toString(number) : attemptPath + "." + number;
        String first = firstAttemptPath;
        if (first == null) firstAttemptPath = first = attemptPath.isEmpty() ? FIRST_ATTEMPT : attemptPath + ".1";
        return first;
    }

    /** Trace, span and operation in hexadecimal digits, for whoever writes them down often. */
    public String[] correlation() {
        String[] known = correlation;
        if (known != null) return known;
        String[] made = {
            Hex.of(traceHigh(), traceLow()), Hex.of(spanId()), scope.operation().id()
        };
        correlation = made;
        return made;
    }

    /** The span of the scope, for those who make spans inside. */
    public Hooks.SpanContext span() {
        Hooks.SpanContext known = span;
        if (known != null) return known;
        String[] ids = correlation();
        Hooks.SpanContext made = new Hooks.SpanContext(ids[0], ids[1], flags(), traceState());
        span = made;
        return made;
    }
}
