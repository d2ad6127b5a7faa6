package dev.weir.bootstrap;

import java.lang.ref.WeakReference;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one door from woven code into the agent.
 *
 * <p>Every method is safe to call from any thread at any time: before the agent is ready, from inside the agent, and
 * with the {@code null} that an earlier call returned.
 */
public final class Hooks {

    /** What stands behind the door: the agent's pipeline. */
    public interface Agent {

        /** See {@link Hooks#follows}. */
        boolean follows(CallFacts.Kind kind);

        /** See {@link Hooks#begin}. */
        @Nullable
        Call begin(CallFacts facts);

        /** See {@link Hooks#leave}. */
        void leave(Call call);

        /** See {@link Hooks#end}. */
        void end(Call call, int status, @Nullable String code, @Nullable Throwable thrown);

        /** See {@link Hooks#withdraw}. */
        void withdraw(Call call);

        /** See {@link Hooks#resent}. */
        Call.@Nullable Denied resent(Call call);

        /** See {@link Hooks#replying}. */
        void replying(Call call);

        /** See {@link Hooks#open}. */
        @Nullable
        Call open();

        /** See {@link Hooks#capture}. */
        @Nullable
        Object capture();

        /** See {@link Hooks#scope}. */
        @Nullable
        Object scope();

        /** See {@link Hooks#enter}. */
        @Nullable
        Object enter(@Nullable Object captured);

        /** See {@link Hooks#exit}. */
        void exit(@Nullable Object previous);

        /** See {@link Hooks#correlation}. */
        String @Nullable [] correlation();

        /** See {@link Hooks#managed}. */
        void managed();

        /** What it does about spans that others make. */
        Spans otherSpans();
    }

    /** What the agent does about spans that others make. */
    public interface Spans {

        /** See {@link Hooks#span}. */
        @Nullable
        SpanContext span(String applicationSpanId);

        /** See {@link Hooks#startSpan}. */
        @Nullable
        SpanContext startSpan(String tracer, @Nullable SpanContext parent);

        /** See {@link Hooks#endSpan}. */
        void endSpan(SpanData span);

        /** See {@link Hooks#beside}. */
        @Nullable
        SpanContext beside(int kind, String parentSpanId);

        /** See {@link Hooks#began}. */
        void began(@Nullable ForeignSpan span);

        /** See {@link Hooks#ending}. */
        void ending(ForeignSpan span);

        /** See {@link Hooks#shares}. */
        boolean shares();

        /** See {@link Hooks#exportsTo}. */
        void exportsTo(String endpoint, boolean grpc);

        /** See {@link Hooks#starting}. */
        @Nullable
        Object starting(int kind);

        /** See {@link Hooks#started}. */
        void started(Object starting, @Nullable ForeignSpan span);
    }

    /** A span, whoever makes it, in the words of W3C Trace Context. */
    public static final class SpanContext {

        /** In place of a span: what happens now is the sending of spans, and nobody wants a span of that. */
        public static final SpanContext OFF = new SpanContext("", "", (byte) 0, null);

        /** 32 hexadecimal digits. */
        public final String traceId;

        /** 16 hexadecimal digits. */
        public final String spanId;

        public final byte flags;

        /** The {@code tracestate}; {@code null} for none. */
        public final @Nullable String traceState;

        /** The span itself, where another agent makes it of one call; {@code null} for all others. */
        public final @Nullable ForeignSpan foreign;

        public SpanContext(String traceId, String spanId, byte flags, @Nullable String traceState) {
            this(traceId, spanId, flags, traceState, null);
        }

        public SpanContext(
                String traceId, String spanId, byte flags, @Nullable String traceState, @Nullable ForeignSpan foreign) {
            this.traceId = traceId;
            this.spanId = spanId;
            this.flags = flags;
            this.traceState = traceState;
            this.foreign = foreign;
        }
    }

    /**
     * An open span that somebody else makes of one call: another agent, or the application. Where that call is followed here too,
     * what is to be said of it is said in this span, and there is no second one.
     */
    public abstract static class ForeignSpan {

        // As OTLP counts.
        public static final int SERVER = 2;
        public static final int CLIENT = 3;
        public static final int PRODUCER = 4;
        public static final int CONSUMER = 5;

        // Where it is known which calls the span is made of, whatever kind of span that is.
        public static final int RUN = 16;
        public static final int MODEL = 17;
        public static final int TOOL = 18;
        public static final int HTTP_CLIENT = 19;
        public static final int HTTP_SERVER = 20;

        /** One of the above. */
        public final int kind;

        /** The span around it: 16 hexadecimal digits; empty for none. */
        public final String parentSpanId;

        private @Nullable Call call;
        private boolean taken;
        private boolean ending;

        protected ForeignSpan(int kind, String parentSpanId) {
            this.kind = kind;
            this.parentSpanId = parentSpanId;
        }

        /** Its ids. */
        public abstract SpanContext context();

        /** Whether it has an attribute of this name, which is a text. */
        public abstract boolean has(String attribute);

        /**
         * Sets an attribute: a text, {@link Long}, {@link Double}, {@link Boolean} or a list of texts. Ignored when the span is
         * over.
         */
        public abstract void attribute(String name, Object value);

        /** Adds an event with attributes that are texts. Ignored when the span is over. */
        public abstract void event(String name, Map<String, String> attributes);

        /** Makes it the span of this call, unless it is that of another one. */
        public final synchronized boolean take(Call of) {
            if (taken || ending) return false;
            taken = true;
            call = of;
            return true;
        }

        /** Its call has not taken place: it may be the span of another one. */
        public final synchronized void giveBack() {
            taken = false;
            call = null;
        }

        /** Its call is over: nothing is kept of it. */
        public final synchronized void release() {
            call = null;
        }

        /** The span is about to end. The open call that it is the span of; {@code null} for none. */
        public final synchronized @Nullable Call end() {
            ending = true;
            return call;
        }

        /** Whether it is too late to say more in it. */
        public final synchronized boolean isEnding() {
            return ending;
        }
    }

    /** A span of the application's own that is over, and that nobody else exports. Values are the JDK's own types. */
    public static final class SpanData {

        public final SpanContext context;

        /** The span around it; {@code null} for none. */
        public final @Nullable String parentSpanId;

        public final String name;

        /** As OTLP counts: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
        public final int kind;

        /** Who made it. */
        public final String scope;

        /** On the clock of {@link System#nanoTime}. */
        public final long startNanos;

        public final long endNanos;

        /** 0 unset, 1 ok, 2 error. */
        public final int status;

        public final String description;

        /** Texts, {@link Long}, {@link Double}, {@link Boolean} and lists of them. */
        public final Map<String, Object> attributes;

        /** For each event its name, its time, its attributes. */
        public final Object[][] events;

        /** For each linked span a {@link SpanContext}, and its attributes. */
        public final Object[][] links;

        public SpanData(
                SpanContext context,
                @Nullable String parentSpanId,
                String name,
                int kind,
                String scope,
                long startNanos,
                long endNanos,
                int status,
                String description,
                Map<String, Object> attributes,
                Object[][] events,
                Object[][] links) {
            this.context = context;
            this.parentSpanId = parentSpanId;
            this.name = name;
            this.kind = kind;
            this.scope = scope;
            this.startNanos = startNanos;
            this.endNanos = endNanos;
            this.status = status;
            this.description = description;
            this.attributes = attributes;
            this.events = events;
            this.links = links;
        }
    }

    /** Knows which of the application's own spans is current. */
    public interface CurrentSpan {

        /** See {@link Hooks#applicationSpan}. */
        @Nullable
        SpanContext get();
    }

    /** Virtual threads that have not asked for the context that they were given. */
    private static final class Heirs extends WeakIdentityMap<Object> {

        static final Heirs CONTEXTS = new Heirs();

        private Heirs() {
            // Threads by the hundred thousand may wait, for hours.
            super(1 << 18, 1 << 15, null);
        }

        /** Numbers follow one another. An identity hash code takes as long to make as the thread does. */
        @Override
        int hash(Object thread) {
            return (int) ((Thread) thread).getId();
        }
    }

    private static final int MOST_SOURCES = 16;

    private static volatile @Nullable Agent agent;
    private static volatile WeakReference<CurrentSpan> @Nullable [] sources;
    private static volatile @Nullable Class<?> heirs;

    private Hooks() {}

    /** Puts the agent behind the door; {@code null} turns every hook into a no-op. */
    public static void install(@Nullable Agent installed) {
        agent = installed;
    }

    /** Whether an agent stands behind the door. */
    public static boolean armed() {
        return agent != null;
    }

    /**
     * Whether a call of this kind would be followed if it began on this thread now. For hot places: cheaper than to
     * collect facts first.
     */
    public static boolean follows(CallFacts.Kind kind) {
        Agent installed = agent;
        return installed != null && installed.follows(kind);
    }

    /**
     * A call or scope begins on this thread. The rules judge it and the levers of {@code facts} are pulled before this
     * returns.
     *
     * @return the open call; {@link Call.Denied} when it must not take place; {@code null} when it is not followed (no
     *     agent, the agent's own call, or the inner half of a call that is already followed)
     */
    public static @Nullable Call begin(CallFacts facts) {
        Agent installed = agent;
        return installed == null ? null : installed.begin(facts);
    }

    /**
     * This thread is done with the call, but the call is not over: an asynchronous call was handed on. Must be called
     * on the thread that began it. {@link #end} does this by itself when it comes on the same thread.
     */
    public static void leave(@Nullable Call call) {
        Agent installed = agent;
        if (call != null && installed != null) installed.leave(call);
    }

    /** The call is over with a status and no code; see {@link #end(Call, int, String, Throwable)}. */
    public static void end(@Nullable Call call, int status, @Nullable Throwable thrown) {
        end(call, status, null, thrown);
    }

    /**
     * The call is over. Only the first end of a call counts; it may come on any thread.
     *
     * @param status the protocol's status (HTTP status code, rows affected), 0 when there is none
     * @param code the protocol's error code (SQLSTATE, gRPC status name), {@code null} when there is none
     * @param thrown what the call threw, {@code null} when it returned
     */
    public static void end(@Nullable Call call, int status, @Nullable String code, @Nullable Throwable thrown) {
        Agent installed = agent;
        if (call != null && installed != null) installed.end(call, status, code, thrown);
    }

    /**
     * The call that began has not taken place after all, and nothing has been sent: a connection was opened ahead of a
     * request that will begin by itself, or the answer came from a cache. The call leaves no trace. Does what
     * {@link #leave} does.
     */
    public static void withdraw(@Nullable Call call) {
        Agent installed = agent;
        if (call != null && installed != null) installed.withdraw(call);
    }

    /**
     * The library is about to put the request of an open call on the wire again by itself, unseen by the application.
     *
     * @return a denial when the repetition must not take place, else {@code null}
     */
    public static Call.@Nullable Denied resent(@Nullable Call call) {
        Agent installed = agent;
        return call == null || installed == null ? null : installed.resent(call);
    }

    /**
     * The reply of an open inbound request is about to begin: the last moment for its headers. May be said more than
     * once, when it is not certain that it begins; the last time counts.
     */
    public static void replying(@Nullable Call call) {
        Agent installed = agent;
        if (call != null && installed != null) installed.replying(call);
    }

    /** The innermost call (not scope) that this thread has begun and not yet left; {@code null} when there is none. */
    public static @Nullable Call open() {
        Agent installed = agent;
        return installed == null ? null : installed.open();
    }

    /** The causal context of this thread, to be handed to another thread; {@code null} when there is none. */
    public static @Nullable Object capture() {
        Agent installed = agent;
        return installed == null ? null : installed.capture();
    }

    /**
     * What tells the innermost scope that has begun and not ended around here from every other one, whatever spans the
     * application has begun in it; {@code null} when there is none.
     */
    public static @Nullable Object scope() {
        Agent installed = agent;
        return installed == null ? null : installed.scope();
    }

    /**
     * Puts a captured context on this thread.
     *
     * @return what was there before, for {@link #exit}
     */
    public static @Nullable Object enter(@Nullable Object captured) {
        Agent installed = agent;
        return installed == null ? null : installed.enter(captured);
    }

    /**
     * A virtual thread that is about to start has this context as soon as it asks for one. Costs a thread that never asks less
     * than {@link #enter}.
     *
     * @return whether it has: there is room for some 260,000 threads, and one that has a context gets no other one
     */
    public static boolean inherit(Thread virtual, Object captured) {
        if (heirs == null) heirs = virtual.getClass();
        return Heirs.CONTEXTS.putIfAbsent(virtual, captured);
    }

    /** Whether a thread was given a context with {@link #inherit}, and has not asked for it. */
    public static boolean inherits(Thread thread) {
        return thread.getClass() == heirs && Heirs.CONTEXTS.get(thread) != null;
    }

    /** The context that was given to a thread with {@link #inherit}; {@code null} for none, and when asked again. */
    public static @Nullable Object inherited(Thread thread) {
        return thread.getClass() == heirs ? Heirs.CONTEXTS.remove(thread) : null;
    }

    /** Puts back what {@link #enter} returned. */
    public static void exit(@Nullable Object previous) {
        Agent installed = agent;
        if (installed != null) installed.exit(previous);
    }

    /**
     * What tells which trace, span and operation this thread is at work for: the values of {@code trace_id}, {@code span_id}
     * and {@code weir.operation}, in this order; {@code null} when it is at work for none. The array is not to be changed.
     */
    public static String @Nullable [] correlation() {
        Agent installed = agent;
        return installed == null ? null : installed.correlation();
    }

    /** The platform's MBean server is there: the agent's beans can be registered. Called whenever somebody asks for it. */
    public static void managed() {
        Agent installed = agent;
        if (installed != null) installed.managed();
    }

    /**
     * From now on this source knows spans of the application's own. It is held weakly; each library that makes spans has
     * one for each of its class loaders.
     */
    @SuppressWarnings({"unchecked", "rawtypes"}) // There are no arrays of a generic type.
    public static synchronized void tellsOfSpans(CurrentSpan source) {
        WeakReference<CurrentSpan>[] known = sources;
        int count = 0;
        WeakReference<CurrentSpan>[] kept = new WeakReference[MOST_SOURCES];
        for (int i = 0; known != null && i < known.length; i++) {
            if (!known[i].refersTo(null)) kept[count++] = known[i];
        }
        if (count == MOST_SOURCES) return;
        kept[count++] = new WeakReference<>(source);
        WeakReference<CurrentSpan>[] all = new WeakReference[count];
        System.arraycopy(kept, 0, all, 0, count);
        sources = all;
    }

    /**
     * The span of the application's own that is current on this thread; {@code null} for none, {@link SpanContext#OFF} when
     * what happens now is not to be followed.
     */
    public static @Nullable SpanContext applicationSpan() {
        WeakReference<CurrentSpan>[] known = sources;
        if (known == null) return null;
        SpanContext found = null;
        for (WeakReference<CurrentSpan> each : known) {
            CurrentSpan source = each.get();
            SpanContext span = source == null ? null : source.get();
            if (span == null) continue;
            if (found == null) found = span;
            // An agent's copy of the API knows more of a span than the application's, which speaks through it.
            if (span.foreign != null && span.spanId.equals(found.spanId)) return span;
        }
        return found;
    }

    /**
     * The agent's span that this thread is in, where that is nearer than the span of the application's own that is current.
     *
     * @param applicationSpanId 16 hexadecimal digits; empty when no span of the application is current
     * @return {@code null} when the thread is in none, or the application's span began inside of it
     */
    public static @Nullable SpanContext span(String applicationSpanId) {
        Agent installed = agent;
        return installed == null ? null : installed.otherSpans().span(applicationSpanId);
    }

    /**
     * The ids of a new span of the application's own, for which it has no SDK.
     *
     * @param tracer the name of the tracer (instrumentation scope) that makes it
     * @param parent {@code null} for the first span of a trace
     * @return {@code null} when nobody wants it
     */
    public static @Nullable SpanContext startSpan(String tracer, @Nullable SpanContext parent) {
        Agent installed = agent;
        return installed == null ? null : installed.otherSpans().startSpan(tracer, parent);
    }

    /** A span that began with {@link #startSpan} is over. */
    public static void endSpan(SpanData span) {
        Agent installed = agent;
        if (installed != null) installed.otherSpans().endSpan(span);
    }

    /**
     * Another agent is about to begin a span on this thread. When that is the span of a call that has begun here, it does not
     * belong below that call but beside it, in its place. Followed by {@link #began}, whatever becomes of it.
     *
     * @param kind as {@link ForeignSpan#kind}
     * @param parentSpanId the span that it would be below; empty for none
     * @return the span that it belongs below, without ids when it belongs below none; {@code null} when it stays where it is
     */
    public static @Nullable SpanContext beside(int kind, String parentSpanId) {
        Agent installed = agent;
        return installed == null ? null : installed.otherSpans().beside(kind, parentSpanId);
    }

    /** The span that {@link #beside} was asked for has begun; {@code null} when there is none after all. */
    public static void began(@Nullable ForeignSpan span) {
        Agent installed = agent;
        if (installed != null) installed.otherSpans().began(span);
    }

    /** A span of somebody else's is about to end: the last moment to say something in it. */
    public static void ending(ForeignSpan span) {
        Agent installed = agent;
        if (installed != null) installed.otherSpans().ending(span);
    }

    /** Whether spans that the application makes of calls are to be told of, with {@link #starting}. */
    public static boolean shares() {
        Agent installed = agent;
        return installed != null && installed.otherSpans().shares();
    }

    /**
     * The application has made an exporter of spans.
     *
     * @param endpoint where it sends to; empty when it does not say
     */
    public static void exportsTo(String endpoint, boolean grpc) {
        Agent installed = agent;
        if (installed != null) installed.otherSpans().exportsTo(endpoint, grpc);
    }

    /**
     * The application is about to begin a span of a call on this thread. Until {@link #started} the thread is where it was before
     * that very call began, when it has.
     *
     * @param kind as {@link ForeignSpan#kind}
     * @return for {@link #started}; {@code null} when nobody wants to know
     */
    public static @Nullable Object starting(int kind) {
        Agent installed = agent;
        return installed == null ? null : installed.otherSpans().starting(kind);
    }

    /** Follows {@link #starting} on the same thread. The span that has begun; {@code null} when there is none that is recorded. */
    public static void started(@Nullable Object starting, @Nullable ForeignSpan span) {
        Agent installed = agent;
        if (starting != null && installed != null) installed.otherSpans().started(starting, span);
    }
}
