package dev.weir.agent.pipeline;

import dev.weir.agent.context.AsciiText;
import dev.weir.agent.context.Baggage;
import dev.weir.agent.context.CausalContext;
import dev.weir.agent.context.HeaderNames;
import dev.weir.agent.context.HostClasses;
import dev.weir.agent.context.Identity;
import dev.weir.agent.context.Scratch;
import dev.weir.agent.context.TraceParent;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.CallFacts.HeaderSet;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.bootstrap.MessageFacts;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Writes and reads the headers that carry a causal context from process to process. */
final class Wire {

    private static final int LONGEST_SESSION = 256;

    private static final long MILLI = 1_000_000;
    private static final int LONGEST_BAGGAGE = 8_192;
    private static final int LONGEST_PATH = 64;
    private static final long[] NOTHING_REPORTED = new long[3];
    private static final String B3 = "b3";
    private static final String B3_TRACE = "X-B3-TraceId";
    private static final long SET_OF_TRACES =
            HeaderSet.of(HeaderNames.TRACEPARENT) | HeaderSet.of(B3) | HeaderSet.of(B3_TRACE);
    /** What W3C Trace Context asks everyone to pass on. */
    private static final int LONGEST_TRACE_STATE = 512;

    private final ThreadLocal<? extends Scratch> scratches;
    private final HostClasses excluded;
    private final long deadlineMostMillis;
    private final Sampler sampler;
    private final AtomicLong malformed = new AtomicLong();

    Wire(HostClasses excluded, long deadlineMostMillis, Sampler sampler, ThreadLocal<? extends Scratch> scratches) {
        this.excluded = excluded;
        this.deadlineMostMillis = deadlineMostMillis;
        this.sampler = sampler;
        this.scratches = scratches;
    }

    /** How many inbound headers were malformed, and ignored. */
    long malformed() {
        return malformed.get();
    }

    // ---- out

    /** Sets the headers of an outbound call. What the application or another agent has set stays. */
    void inject(OpenCall call, CallFacts facts, String host, boolean internal, long nowNanos, long epochMillis) {
        if (excluded.contain(host)) return;
        CausalContext cause = call.cause();
        long names = facts.headerNames();
        String present = facts.header(names, HeaderNames.TRACEPARENT);
        TraceParent foreign = TraceParent.read(present);
        if (foreign != null) {
            join(call, foreign);
        } else if (present == null) {
            facts.setHeader(HeaderNames.TRACEPARENT, traceParent(call));
            if (call.record.traceState() != null && facts.header(HeaderNames.TRACESTATE) == null) {
                facts.setHeader(HeaderNames.TRACESTATE, call.record.traceState());
            }
        }
        if (!internal) return;
        long left = millisLeft(call.dueNanos, nowNanos);
        if (left != Long.MAX_VALUE && facts.header(names, HeaderNames.TIMEOUT) == null) {
            facts.setHeader(HeaderNames.TIMEOUT, Long.toString(left));
        }
        String ours = baggage(call, cause, left, epochMillis);
        String theirs = facts.header(names, HeaderNames.BAGGAGE);
        if (theirs == null) {
            facts.setHeader(HeaderNames.BAGGAGE, ours);
        } else if (!theirs.contains(HeaderNames.BAGGAGE_OPERATION)
                && theirs.length() + ours.length() < LONGEST_BAGGAGE) {
            facts.replaceHeader(HeaderNames.BAGGAGE, theirs + "," + ours);
        }
    }

    /**
     * Sets the headers of a message. It may be processed any time later, so there is no relative time, and the deadline is
     * that of whoever caused it: how long the client tries to deliver it says nothing of its processing. What was copied
     * from the message that is being processed was meant for that one.
     */
    void inject(OpenCall call, MessageFacts facts, boolean internal, long nowNanos, long epochMillis) {
        if (excluded.contain(facts.host())) return;
        CausalContext cause = call.cause();
        String present = facts.header(HeaderNames.TRACEPARENT);
        TraceParent foreign = TraceParent.read(present);
        if (foreign != null && !isCopied(foreign, cause)) {
            join(call, foreign);
        } else if (present == null || foreign != null) {
            put(facts, HeaderNames.TRACEPARENT, present, traceParent(call));
            String state = call.record.traceState();
            String old = facts.header(HeaderNames.TRACESTATE);
            if (state != null && (old == null || foreign != null)) put(facts, HeaderNames.TRACESTATE, old, state);
        }
        if (!internal) return;
        long left = cause == null ? Long.MAX_VALUE : millisLeft(cause.deadlineNanos(), nowNanos);
        String theirs = facts.header(HeaderNames.BAGGAGE);
        if (theirs == null) {
            facts.setHeader(HeaderNames.BAGGAGE, baggage(call, cause, left, epochMillis));
            return;
        }
        Baggage read = Baggage.read(theirs);
        if (read == null) return;
        String ours = baggage(call, null, left, epochMillis);
        String both = read.others() == null ? ours : ours + "," + read.others();
        if (both.length() < LONGEST_BAGGAGE) facts.replaceHeader(HeaderNames.BAGGAGE, both);
    }

    private static boolean isCopied(TraceParent present, @Nullable CausalContext cause) {
        return cause != null
                && present.spanId() == cause.callerSpanId()
                && present.traceLow() == cause.traceLow()
                && present.traceHigh() == cause.traceHigh();
    }

    private static void put(CallFacts facts, String name, @Nullable String present, String value) {
        if (present == null) facts.setHeader(name, value);
        else facts.replaceHeader(name, value);
    }

    /**
     * Whoever has written another span into the request since made that span for this call. It is around the call, unless it
     * began inside.
     */
    void rejoin(OpenCall call, HttpFacts facts) {
        String written = call.told ? null : facts.foreignTraceparent();
        TraceParent foreign = written == null ? null : TraceParent.read(written);
        if (foreign != null && foreign.spanId() != call.record.parentSpanId) {
            join(call, foreign);
        }
    }

    private void join(OpenCall call, TraceParent foreign) {
        // Its own, which another agent has written for both.
        if (foreign.spanId() == call.record.spanId) return;
        byte flags = sampler.join(foreign.traceLow(), foreign.flags());
        call.record.within(foreign.traceHigh(), foreign.traceLow(), foreign.spanId(), flags);
    }

    /** The call's own span, for whoever it calls. */
    String traceParent(OpenCall call) {
        AsciiText text = scratches.get().text();
        TraceParent.append(text, call.record.traceHigh, call.record.traceLow, call.record.spanId, call.record.flags);
        return text.toString();
    }

    /** The span of a context. */
    String traceParent(CausalContext context) {
        return TraceParent.format(context.traceHigh(), context.traceLow(), context.spanId(), context.flags());
    }

    private static long millisLeft(long deadlineNanos, long nowNanos) {
        return deadlineNanos == CausalContext.NO_DEADLINE
                ? Long.MAX_VALUE
                : Math.max(0, (deadlineNanos - nowNanos) / MILLI);
    }

    private String baggage(OpenCall call, @Nullable CausalContext cause, long left, long epochMillis) {
        AsciiText text = scratches.get().text();
        text.append(HeaderNames.BAGGAGE_OPERATION).append('=');
        call.operation().appendId(text);
        text.append(',').append(HeaderNames.BAGGAGE_ATTEMPT).append('=').append(attemptPath(call));
        if (left != Long.MAX_VALUE) {
            text.append(',').append(HeaderNames.BAGGAGE_DEADLINE).append('=').append(epochMillis + left);
        }
        if (cause != null && cause.session() != null) {
            text.append(',').append(HeaderNames.BAGGAGE_SESSION).append('=').append(cause.session());
        }
        if (cause != null && cause.foreignBaggage() != null) text.append(',').append(cause.foreignBaggage());
        return text.toString();
    }

    /**
     * What an application calls its conversation, as a baggage value; {@code null} when it is too long for one. Source: W3C
     * Baggage, value.
     */
    static @Nullable String session(String conversation) {
        if (conversation.isEmpty() || conversation.length() > LONGEST_SESSION) return null;
        for (int i = 0; i < conversation.length(); i++) {
            char c = conversation.charAt(i);
            if (c > ' ' && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\' && c != '%') continue;
            String encoded =
                    URLEncoder.encode(conversation, StandardCharsets.UTF_8).replace("+", "%20");
            return encoded.length() > LONGEST_SESSION ? null : encoded;
        }
        return conversation;
    }

    /** The attempts on the way to a call, and its own. */
    static String attemptPath(OpenCall call) {
        CausalContext cause = call.cause();
        int number = call.number();
        return cause == null ? Integer.toString(number) : cause.attemptPath(number);
    }

    // ---- in

    @Nullable
    TraceParent traceParent(CallFacts facts) {
        if ((facts.headerNames() & SET_OF_TRACES) == 0) return null;
        String header = facts.header(HeaderNames.TRACEPARENT);
        TraceParent parent = TraceParent.read(header);
        if (parent != null) return parent;
        if (header != null) malformed.incrementAndGet();
        String single = facts.header(B3);
        String traceId = single == null ? facts.header(B3_TRACE) : null;
        if (single == null && traceId == null) return null;
        parent = TraceParent.readB3(single, traceId, facts.header("X-B3-SpanId"), facts.header("X-B3-Sampled"));
        // "b3: 0" is no id, but the wish not to sample.
        if (parent == null && !(single != null && single.length() == 1)) malformed.incrementAndGet();
        return parent;
    }

    /** The {@code tracestate} that belongs to a {@link #traceParent}. */
    @Nullable
    String traceState(CallFacts facts) {
        String header = facts.header(HeaderNames.TRACESTATE);
        if (header == null) return null;
        boolean wellFormed = header.length() <= LONGEST_TRACE_STATE;
        for (int i = 0; wellFormed && i < header.length(); i++) {
            char c = header.charAt(i);
            wellFormed = (c >= ' ' && c <= '~') || c == '\t';
        }
        if (wellFormed) return header;
        malformed.incrementAndGet();
        return null;
    }

    Baggage baggage(CallFacts facts) {
        Baggage baggage = Baggage.read(facts.header(facts.headerNames(), HeaderNames.BAGGAGE));
        if (baggage == null) {
            malformed.incrementAndGet();
            return Baggage.NONE;
        }
        if (baggage.malformed() > 0) malformed.addAndGet(baggage.malformed());
        return baggage;
    }

    /** The caller's operation. */
    long @Nullable [] operation(Baggage baggage) {
        if (baggage.operation() == null) return null;
        long[] id = Identity.readId(baggage.operation());
        if (id == null) malformed.incrementAndGet();
        return id;
    }

    /** The tightest deadline that a trusted peer names. */
    long deadline(CallFacts facts, Baggage baggage, boolean sameClock, long nowNanos, long epochMillis) {
        long left = Long.MAX_VALUE;
        if ((facts.headerNames() & HeaderNames.SET_OF_TIMES) != 0) {
            left = Math.min(
                    relative(facts.header(HeaderNames.TIMEOUT)), relative(facts.header(HeaderNames.ENVOY_TIMEOUT)));
            left = Math.min(left, grpc(facts.header(HeaderNames.GRPC_TIMEOUT)));
        }
        // The moment needs agreed clocks, so it only counts where no relative time came, or from this very machine:
        // there it also tells how long the request has been under way.
        if (baggage.deadline() != null && (left == Long.MAX_VALUE || sameClock)) {
            left = Math.min(left, absolute(baggage.deadline(), epochMillis));
        }
        if (left == Long.MAX_VALUE) return CausalContext.NO_DEADLINE;
        return nowNanos + Math.min(left, deadlineMostMillis) * MILLI;
    }

    /** The deadline as a moment: no relative time outlives the lying in a queue. */
    long moment(Baggage baggage, long nowNanos, long epochMillis) {
        if (baggage.deadline() == null) return CausalContext.NO_DEADLINE;
        long left = absolute(baggage.deadline(), epochMillis);
        if (left == Long.MAX_VALUE) return CausalContext.NO_DEADLINE;
        return nowNanos + Math.min(left, deadlineMostMillis) * MILLI;
    }

    private long relative(@Nullable String text) {
        if (text == null) return Long.MAX_VALUE;
        return digits(text.strip());
    }

    private long absolute(String text, long epochMillis) {
        long moment = digits(text);
        return moment == Long.MAX_VALUE ? moment : Math.max(0, moment - epochMillis);
    }

    /** Source: the gRPC protocol over HTTP/2: at most 8 digits and a unit. */
    private long grpc(@Nullable String text) {
        if (text == null) return Long.MAX_VALUE;
        if (text.length() < 2 || text.length() > 9) return malformedTime();
        long value = digits(text.substring(0, text.length() - 1));
        if (value == Long.MAX_VALUE) return value;
        return switch (text.charAt(text.length() - 1)) {
            case 'H' -> value * 3_600_000;
            case 'M' -> value * 60_000;
            case 'S' -> value * 1_000;
            case 'm' -> value;
            case 'u' -> value / 1_000;
            case 'n' -> value / 1_000_000;
            default -> malformedTime();
        };
    }

    private long digits(String text) {
        if (text.isEmpty() || text.length() > 18) return malformedTime();
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') return malformedTime();
            value = value * 10 + (c - '0');
        }
        return value;
    }

    private long malformedTime() {
        malformed.incrementAndGet();
        return Long.MAX_VALUE;
    }

    /** A caller's attempt path; empty when there is none or it is malformed. */
    String attemptPath(Baggage baggage) {
        String path = baggage.attempt();
        if (path == null) return "";
        boolean wellFormed = !path.isEmpty() && path.length() <= LONGEST_PATH;
        for (int i = 0; wellFormed && i < path.length(); i++) {
            char c = path.charAt(i);
            wellFormed = (c >= '0' && c <= '9') || c == '.';
        }
        if (wellFormed) return path;
        malformed.incrementAndGet();
        return "";
    }

    /** Whether something on a caller's attempt path is not the first time. */
    static boolean saysRetry(String path) {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c != '1' && c != '.') return true;
            if (c == '1' && i > 0 && path.charAt(i - 1) == '1') return true;
        }
        return false;
    }

    /** What a callee reports: wire attempts, operations, amplification; zeros when it does not. */
    long[] reported(@Nullable String header) {
        if (header == null) return NOTHING_REPORTED;
        long[] counts = new long[3];
        int part = 0;
        for (int i = 0; i < header.length(); i++) {
            char c = header.charAt(i);
            if (c == '/' && part < 2) part++;
            else if (c >= '0' && c <= '9' && counts[part] < 100_000_000) counts[part] = counts[part] * 10 + (c - '0');
            else {
                malformed.incrementAndGet();
                return NOTHING_REPORTED;
            }
        }
        return counts;
    }
}
