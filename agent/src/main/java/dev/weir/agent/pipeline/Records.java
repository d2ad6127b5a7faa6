package dev.weir.agent.pipeline;

import dev.weir.agent.context.CausalContext;
import dev.weir.agent.context.HeaderNames;
import dev.weir.agent.context.Hex;
import dev.weir.agent.context.Identity;
import dev.weir.agent.context.ScopeAttempt;
import dev.weir.agent.export.ForeignSpans;
import dev.weir.agent.export.GenAiRecord;
import dev.weir.agent.export.McpRecord;
import dev.weir.agent.export.RecordSink;
import dev.weir.agent.export.SpanRecord;
import dev.weir.agent.rules.Finding;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.FileFacts;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.bootstrap.McpFacts;
import dev.weir.bootstrap.MessageFacts;
import dev.weir.bootstrap.ProcessFacts;
import dev.weir.bootstrap.ScopeFacts;
import dev.weir.bootstrap.SqlFacts;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes down what is left of a call, and offers it to the export queue. */
final class Records {

    /** What {@link Hooks.SpanData#status} says of a span that failed. */
    private static final int ERROR = 2;

    private static final long MILLI = 1_000_000;
    private static final int LONGEST_KEY = 255;

    private final RecordSink sink;
    private final ForeignSpans foreignSpans;
    private final Identity identity;
    private final boolean content;

    /** @param content whether what people, models and tools said is written down */
    Records(RecordSink sink, ForeignSpans foreignSpans, Identity identity, boolean content) {
        this.sink = sink;
        this.foreignSpans = foreignSpans;
        this.identity = identity;
        this.content = content;
    }

    /** A call that a rule refused. */
    void denied(OpenCall call, Call.Denied denial, long nowNanos) {
        SpanRecord record = call.record;
        write(record, call, nowNanos, 0);
        record.error = true;
        record.withRare().code = "weir." + denial.rule();
        record.withRare().message = denial.message();
        offer(call, record);
    }

    /** A call that is over. */
    void ended(OpenCall call, int status, @Nullable String code, @Nullable Throwable thrown, long nowNanos) {
        SpanRecord record = call.record;
        write(record, call, nowNanos, overrunMillis(call, nowNanos));
        record.status = status;
        if (code != null) record.withRare().code = code;
        if (thrown != null) {
            Throwable cause = unwrapped(thrown);
            SpanRecord.Rare rare = record.withRare();
            rare.thrown = cause.getClass().getName();
            // Only an exception of the JDK: getMessage of an application's own may do anything.
            rare.message = isOfTheJdk(cause) ? cause.getMessage() : null;
        }
        record.error = thrown != null || Settlement.isError(call.facts(), status, code);
        if (call.rare().resends > 0) record.withRare().resends = call.rare().resends;
        offer(call, record);
    }

    /** A call that is not over, but the span that somebody else makes of it is: what is known by now is said there. */
    void soFar(OpenCall call, Hooks.ForeignSpan span, long nowNanos) {
        SpanRecord record = new SpanRecord();
        record.attemptPath = call.record.attemptPath;
        write(record, call, nowNanos, overrunMillis(call, nowNanos));
        if (call.rare().resends > 0) record.withRare().resends = call.rare().resends;
        foreignSpans.write(record, span);
    }

    private static int overrunMillis(OpenCall call, long nowNanos) {
        if (call.dueNanos == CausalContext.NO_DEADLINE) return 0;
        return (int) Math.min(Integer.MAX_VALUE, Math.max(0, (nowNanos - call.dueNanos) / MILLI));
    }

    /** A span that the application made itself. */
    void application(Hooks.SpanData span) {
        SpanRecord record = new SpanRecord();
        record.kind = CallFacts.Kind.SPAN;
        record.instrumentation = "opentelemetry-api";
        record.traceHigh = Hex.read(span.context.traceId, 0);
        record.traceLow = Hex.read(span.context.traceId, 16);
        record.spanId = Hex.read(span.context.spanId, 0);
        record.parentSpanId = span.parentSpanId == null ? 0 : Hex.read(span.parentSpanId, 0);
        record.flags = span.context.flags;
        record.traceState(span.context.traceState);
        record.startNanos = span.startNanos;
        record.endNanos = span.endNanos;
        record.subject = span.name;
        record.error = span.status == ERROR;
        SpanRecord.Rare rare = record.withRare();
        rare.message = span.description.isEmpty() ? null : span.description;
        rare.application = span;
        rare.content = content;
        offer(record);
    }

    private static boolean isOfTheJdk(Throwable thrown) {
        return thrown.getClass().getClassLoader() == null
                || thrown.getClass().getName().startsWith("java.");
    }

    private static Throwable unwrapped(Throwable thrown) {
        Throwable cause = thrown.getCause();
        String name = thrown.getClass().getName();
        boolean wraps = name.equals("java.util.concurrent.CompletionException")
                || name.equals("java.util.concurrent.ExecutionException");
        return wraps && cause != null ? cause : thrown;
    }

    /** How many verdicts on a call a person should see. */
    int notable(OpenCall call) {
        return notable(findings(call));
    }

    private static int notable(List<Finding> findings) {
        int notable = 0;
        for (int i = 0; i < findings.size(); i++) if (findings.get(i).notable()) notable++;
        return notable;
    }

    private void write(SpanRecord record, OpenCall call, long nowNanos, int overrunMillis) {
        if (overrunMillis > 0) record.withRare().overrunMillis = overrunMillis;
        CallFacts facts = call.facts();
        record.kind = facts.kind();
        record.instrumentation = facts.instrumentation();
        record.startNanos = call.beganNanos();
        record.endNanos = nowNanos;
        facts(record, facts);
        CausalContext context = call.inside == null ? call.cause() : call.inside;
        if (context != null) {
            if (context.session() != null) record.withRare().session = context.session();
            if (context.layers() != null) record.withRare().layers = context.layers();
        }
        record.operationHigh = call.operation().idHigh();
        record.operationLow = call.operation().idLow();
        record.attempt = call.number();
        if (!facts.kind().inbound()) record.attemptPath = Wire.attemptPath(call);
        if (call.dueNanos != CausalContext.NO_DEADLINE) {
            long remaining = (call.dueNanos - call.beganNanos()) / MILLI;
            record.remainingMillis = (int) Math.min(Integer.MAX_VALUE - 1, Math.max(Integer.MIN_VALUE, remaining));
        }
        verdicts(record, call);
        totals(record, call);
    }

    private void facts(SpanRecord record, CallFacts facts) {
        if (facts instanceof HttpFacts http) {
            record.subject = http.method();
            String rpcSystem = http.rpcSystem();
            if (rpcSystem != null) record.withRare().rpcSystem = rpcSystem;
            record.scheme = http.scheme();
            record.target = http.host();
            record.port = http.port();
            record.path = http.path();
            record.query = http.query();
            String peer = http.peerAddress();
            if (peer != null) record.withRare().peer = peer;
            record.idempotencyKey = http.header(HeaderNames.IDEMPOTENCY_KEY);
        } else if (facts instanceof SqlFacts sql) {
            record.subject = sql.text();
            record.target = sql.url();
            record.path = sql.user();
            record.size = sql.batchSize();
        } else if (facts instanceof FileFacts file) {
            record.subject = file.action().name();
            record.target = file.path();
            record.path = file.target();
            record.size = file.bytesWritten();
            String writer = file.writerTraceparent();
            if (writer != null) record.withRare().linked = writer;
        } else if (facts instanceof MessageFacts message) {
            record.subject = message.kind() == CallFacts.Kind.MESSAGE_SEND ? "send" : "process";
            record.scheme = message.system();
            record.target = message.destination();
            record.port = message.port();
            record.path = message.messageId();
            record.size = message.offset();
            SpanRecord.Rare rare = record.withRare();
            rare.peer = message.host();
            rare.partition = message.partition();
            rare.consumer = message.consumer();
            record.idempotencyKey = sound(message.header(HeaderNames.IDEMPOTENCY_KEY));
        } else if (facts instanceof McpFacts mcp) {
            record.subject = mcp.method();
            record.target = mcp.target() == null ? "" : mcp.target();
            SpanRecord.Rare rare = record.withRare();
            rare.mcp = new McpRecord(
                    mcp.transport(), mcp.requestId(), mcp.sessionId(), mcp.protocolVersion(), mcp.resource());
            rare.peer = mcp.host();
            record.port = mcp.port();
            record.idempotencyKey = sound(mcp.header(HeaderNames.IDEMPOTENCY_KEY));
        } else if (facts instanceof ProcessFacts process) {
            record.target = process.executable();
            record.size = process.pid();
        } else if (facts instanceof ScopeFacts scope) {
            record.subject = scope.kind().name();
            record.target = scope.name();
            if (scope instanceof GenAiFacts ai) record.withRare().genAi = genAi(ai);
        }
    }

    private GenAiRecord genAi(GenAiFacts facts) {
        GenAiRecord record = new GenAiRecord();
        record.operation = facts.operation();
        record.provider = facts.provider();
        record.responseModel = facts.responseModel();
        record.responseId = facts.responseId();
        record.finishReason = facts.finishReason();
        record.inputTokens = facts.inputTokens();
        record.outputTokens = facts.outputTokens();
        record.toolCallId = facts.toolCallId();
        record.conversation = facts.conversation();
        record.firstChunkNanos = facts.firstChunkNanos();
        if (content) {
            record.input = facts.input();
            record.output = facts.output();
            record.toolArguments = facts.toolArguments();
            record.toolResult = facts.toolResult();
        }
        return record;
    }

    /** What a stranger may have written is shown only when it is what it should be. */
    private static @Nullable String sound(@Nullable String key) {
        if (key == null || key.length() > LONGEST_KEY) return null;
        for (int i = 0; i < key.length(); i++) {
            if (key.charAt(i) < ' ' || key.charAt(i) > '~') return null;
        }
        return key;
    }

    private void verdicts(SpanRecord record, OpenCall call) {
        List<SpanRecord.Verdict> verdicts = null;
        List<Finding> findings = findings(call);
        for (int i = 0; i < findings.size(); i++) {
            Finding finding = findings.get(i);
            // Under a deadline every call could be limited; worth a word is only one that the limit would have ended.
            boolean limit = finding.outcome().equals("would-limit")
                    || finding.outcome().equals("not-enforced") && !finding.notable();
            if (limit && record.rare().overrunMillis == 0) continue;
            boolean notable = finding.notable() || limit;
            record.notable |= notable;
            if (verdicts == null) verdicts = new ArrayList<>(2);
            SpanRecord.Verdict verdict = new SpanRecord.Verdict(finding.rule(), finding.outcome(), finding.reason());
            int said = indexOf(verdicts, finding.rule());
            // One attribute for each rule: a denial says more than the key that went along with it.
            if (said < 0) verdicts.add(verdict);
            else if (notable && verdicts.get(said).outcome().equals("mark")) verdicts.set(said, verdict);
        }
        if (verdicts != null) record.withRare().verdicts = verdicts;
    }

    private static int indexOf(List<SpanRecord.Verdict> verdicts, String rule) {
        for (int i = 0; i < verdicts.size(); i++) {
            if (verdicts.get(i).rule().equals(rule)) return i;
        }
        return -1;
    }

    private static List<Finding> findings(OpenCall call) {
        OpenCall.Rare rare = call.rare();
        if (rare.resendJudgement == null && rare.notes == null) return call.judgement.findings();
        List<Finding> all = new ArrayList<>(call.judgement.findings());
        if (rare.resendJudgement != null) all.addAll(rare.resendJudgement.findings());
        if (rare.notes != null) all.addAll(rare.notes);
        return all;
    }

    /** A call without a cause is its own root. */
    private static void totals(SpanRecord record, OpenCall call) {
        boolean inbound = record.kind.inbound();
        if (!inbound && call.cause() != null) return;
        SpanRecord.Totals totals;
        if (inbound || call.inside != null && !record.kind.outward()) {
            ScopeAttempt scope = inbound || call.inside == null ? call.scope() : call.inside.scope();
            totals = new SpanRecord.Totals(
                    scope.amplification(),
                    scope.wireAttempts(),
                    scope.operations(),
                    scope.verdicts(),
                    inbound ? scope.forgotten() : 0);
        } else {
            int verdicts = 0;
            for (SpanRecord.Verdict verdict : record.verdicts()) {
                if (!verdict.outcome().equals("mark")) verdicts++;
            }
            int reach = call.operation().reach();
            totals = new SpanRecord.Totals(reach, reach, 1, verdicts, 0);
        }
        // A request that came from a call we know of and caused nothing would only repeat that it caused nothing.
        if (record.parentSpanId == 0 || totals.attempts() > 0 || totals.verdicts() > 0)
            record.withRare().totals = totals;
    }

    /** To the queue, or into the span that somebody else makes of the call. */
    private void offer(OpenCall call, SpanRecord record) {
        OpenCall.Rare rare = call.rare();
        Hooks.ForeignSpan span = rare.foreign;
        if (span == null) {
            offer(record);
        } else if (!span.isEnding()) {
            foreignSpans.write(record, span);
            span.release();
            shared(record);
        } else if (rare.notes != null && notable(rare.notes) > 0) {
            // Said too late for that span: a verdict is worth a span of its own.
            record.parentSpanId = record.spanId;
            record.spanId = identity.random();
            offer(record);
        } else {
            shared(record);
        }
    }

    private void shared(SpanRecord record) {
        record.shared = true;
        sink.count(record);
    }

    private void offer(SpanRecord record) {
        if (record.isKept()) sink.offer(record);
        else sink.count(record);
    }
}
