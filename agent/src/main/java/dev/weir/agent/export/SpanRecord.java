package dev.weir.agent.export;

import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is left of a call when it is over: plain fields, written by the caller's thread and read by the exporter's. The
 * queue between them publishes them.
 */
public final class SpanRecord {

    /** What a rule had to say: the rule's name, the word for what became of it, the reason. */
    public record Verdict(String rule, String outcome, String reason) {}

    /**
     * What a root has caused in all.
     *
     * @param amplification see {@code weir.amplification}
     * @param forgotten operations that its table forgot because there were too many: their retries are not recognised
     *     any more
     */
    public record Totals(int amplification, long attempts, long operations, long verdicts, long forgotten) {}

    /** What few records have. It has a place of its own, because all the others would carry it empty. */
    public static final class Rare {

        private static final Rare NONE = new Rare();

        private Rare() {}

        @Nullable
        String traceState;

        /** A trace that this one is linked to, as a {@code traceparent}. */
        public @Nullable String linked;

        /** HTTP: what {@code HttpFacts.rpcSystem} says; its call's name is then the path. */
        public @Nullable String rpcSystem;

        /** HTTP: the peer's address. Message: the broker's host. MCP: the server's. */
        public @Nullable String peer;

        /** Message: on whose behalf it is consumed. */
        public @Nullable String consumer;

        /** Message: the partition; -1 for none. */
        public int partition = -1;

        /** SQLSTATE, gRPC status, or the like. */
        public @Nullable String code;
        /** Class name of what was thrown. */
        public @Nullable String thrown;

        public @Nullable String message;

        /** The layers of retries around it, such as {@code resilience4j:2/openai-java:3}. */
        public @Nullable String layers;

        /** Runs, model calls, tool calls and accesses to memory that an adapter saw. */
        public @Nullable GenAiRecord genAi;

        /** Requests of an MCP session. */
        public @Nullable McpRecord mcp;

        /** Spans that the application made itself. */
        public Hooks.@Nullable SpanData application;

        /** Spans that the application made itself: whether what people, models and tools said is kept. */
        public boolean content;

        /** What rules had to say. */
        public List<Verdict> verdicts = List.of();

        public int resends;
        /** Milliseconds between the deadline and the end; 0 when it ended in time. */
        public int overrunMillis;

        public @Nullable String session;

        /** What a root has caused in all; {@code null} for all others. */
        public @Nullable Totals totals;

        /** Characters of its long texts, when it is in the queue. */
        int longTexts;
    }

    private Rare rare = Rare.NONE;

    public CallFacts.Kind kind = CallFacts.Kind.HTTP_CLIENT;
    public String instrumentation = "";

    public long traceHigh;
    public long traceLow;
    public long spanId;
    public long parentSpanId;
    public byte flags;

    /** On the clock of {@link System#nanoTime}. */
    public long startNanos;

    public long endNanos;

    /** HTTP: method. SQL: text. File: action. Scope: kind of scope. Span: name. Message: what is done with it. MCP: method. */
    public String subject = "";

    /** HTTP: scheme. Message: system. */
    public String scheme = "";

    /** HTTP: host. SQL: JDBC URL. File: path. Scope: name. Message: topic or queue. Process: executable. MCP: tool or prompt. */
    public String target = "";

    public int port;
    /** HTTP: path. File: target of a copy or move. SQL: user. Message: id. */
    public @Nullable String path;

    public @Nullable String query;
    /** HTTP status, rows affected, or 0. */
    public int status;

    public boolean error;

    /** File: bytes written; SQL: size of the batch; message: offset; process: its id; -1 for none. */
    public long size = -1;

    public long operationHigh;
    public long operationLow;
    public int attempt;
    public String attemptPath = "";

    /** Milliseconds left at the start; {@link Integer#MAX_VALUE} without a deadline. */
    public int remainingMillis = Integer.MAX_VALUE;

    public @Nullable String idempotencyKey;
    /** Whether it is kept although its trace is not sampled. */
    public boolean notable;

    /** Whether all of it is said in a span that somebody else exports: it is only counted. */
    public boolean shared;

    /** What few records have, to be read: one that has nothing of it shares it with others. */
    public Rare rare() {
        return rare;
    }

    /** What few records have, to be written to. */
    public Rare withRare() {
        if (rare == Rare.NONE) rare = new Rare();
        return rare;
    }

    /** What rules had to say. */
    public List<Verdict> verdicts() {
        return rare.verdicts;
    }

    /** As in a {@code tracestate} header. */
    public @Nullable String traceState() {
        return rare.traceState;
    }

    /** Sets it, where that makes a difference. */
    public void traceState(@Nullable String state) {
        if (state != null || rare != Rare.NONE) withRare().traceState = state;
    }

    /** Says which trace it belongs to, and below what; 0 for nothing. */
    public void within(long inTraceHigh, long inTraceLow, long belowSpanId, byte withFlags) {
        traceHigh = inTraceHigh;
        traceLow = inTraceLow;
        parentSpanId = belowSpanId;
        flags = withFlags;
    }

    /** Whether it is exported: nobody else does, and its trace is sampled, or a person should see it all the same. */
    public boolean isKept() {
        return !shared && ((flags & 1) == 1 || error || notable);
    }
}
