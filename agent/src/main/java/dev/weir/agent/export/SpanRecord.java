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

    public CallFacts.Kind kind = CallFacts.Kind.HTTP_CLIENT;
    public String instrumentation = "";

    public long traceHigh;
    public long traceLow;
    public long spanId;
    public long parentSpanId;
    public byte flags;
    public @Nullable String traceState;

    /** A trace that this one is linked to, as a {@code traceparent}. */
    public @Nullable String linked;

    /** On the clock of {@link System#nanoTime}. */
    public long startNanos;

    public long endNanos;

    /** HTTP: method. SQL: text. File: action. Scope: kind of scope. Span: name. Message: what is done with it. MCP: method. */
    public String subject = "";

    /** HTTP: what {@code HttpFacts.rpcSystem} says; its call's name is then the path. */
    public @Nullable String rpcSystem;

    /** HTTP: scheme. Message: system. */
    public String scheme = "";

    /** HTTP: host. SQL: JDBC URL. File: path. Scope: name. Message: topic or queue. Process: executable. MCP: tool or prompt. */
    public String target = "";

    public int port;
    /** HTTP: path. File: target of a copy or move. SQL: user. Message: id. */
    public @Nullable String path;

    public @Nullable String query;
    /** HTTP: the peer's address. Message: the broker's host. MCP: the server's. */
    public @Nullable String peer;

    /** Message: on whose behalf it is consumed. */
    public @Nullable String consumer;

    /** Message: the partition; -1 for none. */
    public int partition = -1;

    /** HTTP status, rows affected, or 0. */
    public int status;
    /** SQLSTATE, gRPC status, or the like. */
    public @Nullable String code;
    /** Class name of what was thrown. */
    public @Nullable String thrown;

    public @Nullable String message;
    public boolean error;

    /** File: bytes written; SQL: size of the batch; message: offset; process: its id; -1 for none. */
    public long size = -1;

    public long operationHigh;
    public long operationLow;
    public int attempt;
    public String attemptPath = "";

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

    public int resends;
    /** Milliseconds left at the start; {@link Long#MAX_VALUE} without a deadline. */
    public long remainingMillis = Long.MAX_VALUE;
    /** Milliseconds between the deadline and the end; 0 when it ended in time. */
    public int overrunMillis;

    public @Nullable String idempotencyKey;
    public @Nullable String session;
    public @Nullable List<Verdict> verdicts;
    /** Whether it is kept although its trace is not sampled. */
    public boolean notable;

    /** Whether all of it is said in a span that somebody else exports: it is only counted. */
    public boolean shared;

    /** What a root has caused in all; {@code null} for all others. */
    public @Nullable Totals totals;

    /** Characters of its long texts, when it is in the queue. */
    int longTexts;

    /** Whether it is exported: nobody else does, and its trace is sampled, or a person should see it all the same. */
    public boolean isKept() {
        return !shared && ((flags & 1) == 1 || error || notable);
    }
}
