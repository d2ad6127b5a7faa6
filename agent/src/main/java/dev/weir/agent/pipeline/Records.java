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
        SpanRecord record = record(call, nowNanos, 0);
        record.error = true;
        record.code = "weir." + denial.rule();
        record.message = denial.message();
        offer(call, record);
    }

    /** A call that is over. */
    void ended(OpenCall call, int status, @Nullable String code, @Nullable Throwable thrown, long nowNanos) {
        SpanRecord record = record(call, nowNanos, overrunMillis(call, nowNanos));
        record.status = status;
        record.code = code;
        if (thrown != null) {
            Throwable cause = unwrapped(thrown);
            record.thrown = cause.getClass().getName();
            // Only an exception of the JDK: getMessage of an application's own may do anything.
            record.message = isOfTheJdk(cause) ? cause.getMessage() : null;
        }
        record.error = thrown != null || Settlement.isError(call.attempt.facts(), status, code);
        record.resends = call.resends;
        offer(call, record);
    }

    /** A call that is not over, but the span that somebody else makes of it is: what is known by now is said there. */
    void soFar(OpenCall call, Hooks.ForeignSpan span, long nowNanos) {
        SpanRecord record = record(call, nowNanos, overrunMillis(call, nowNanos));
        record.resends = call.resends;
        foreignSpans.write(record, span);
    }

    private static int overrunMillis(OpenCall call, long nowNanos) {
        if (call.deadlineNanos == CausalContext.NO_DEADLINE) return 0;
        return (int) Math.min(Integer.MAX_VALUE, Math.max(0, (nowNanos - call.deadlineNanos) / MILLI));
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
        record.traceState = span.context.traceState;
        record.startNanos = span.startNanos;
        record.endNanos = span.endNanos;
        record.subject = span.name;
        record.error = span.status == ERROR;
        record.message = span.description.isEmpty() ? null : span.description;
        record.application = span;
        record.content = content;
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

    private SpanRecord record(OpenCall call, long nowNanos, int overrunMillis) {
        SpanRecord record = new SpanRecord();
        record.overrunMillis = overrunMillis;
        CallFacts facts = call.attempt.facts();
        record.kind = facts.kind();
        record.instrumentation = facts.instrumentation();
        record.traceHigh = call.traceHigh;
        record.traceLow = call.traceLow;
        record.spanId = call.spanId;
        record.parentSpanId = call.parentSpanId;
        record.flags = call.flags;
        record.startNanos = call.startNanos();
        record.endNanos = nowNanos;
        record.linked = call.linked;
        facts(record, facts);
        CausalContext context = call.inside == null ? call.cause() : call.inside;
        if (context != null) {
            record.traceState = context.traceState();
            record.session = context.session();
            record.layers = context.layers();
        }
        record.operationHigh = call.attempt.operation().idHigh();
        record.operationLow = call.attempt.operation().idLow();
        record.attempt = call.attempt.number();
        record.attemptPath = facts.kind().inbound() ? call.path : Wire.attemptPath(call);
        if (call.deadlineNanos != CausalContext.NO_DEADLINE) {
            record.remainingMillis = (call.deadlineNanos - call.startNanos()) / MILLI;
        }
        verdicts(record, call);
        totals(record, call);
        return record;
    }

    private void facts(SpanRecord record, CallFacts facts) {
        if (facts instanceof HttpFacts http) {
            record.subject = http.method();
            record.rpcSystem = http.rpcSystem();
            record.scheme = http.scheme();
            record.target = http.host();
            record.port = http.port();
            record.path = http.path();
            record.query = http.query();
            record.peer = http.peerAddress();
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
            record.linked = file.writerTraceparent();
        } else if (facts instanceof MessageFacts message) {
            record.subject = message.kind() == CallFacts.Kind.MESSAGE_SEND ? "send" : "process";
            record.scheme = message.system();
            record.target = message.destination();
            record.peer = message.host();
            record.port = message.port();
            record.path = message.messageId();
            record.partition = message.partition();
            record.size = message.offset();
            record.consumer = message.consumer();
            record.idempotencyKey = sound(message.header(HeaderNames.IDEMPOTENCY_KEY));
        } else if (facts instanceof McpFacts mcp) {
            record.subject = mcp.method();
            record.target = mcp.target() == null ? "" : mcp.target();
            record.mcp = new McpRecord(
                    mcp.transport(), mcp.requestId(), mcp.sessionId(), mcp.protocolVersion(), mcp.resource());
            record.peer = mcp.host();
            record.port = mcp.port();
            record.idempotencyKey = sound(mcp.header(HeaderNames.IDEMPOTENCY_KEY));
        } else if (facts instanceof ProcessFacts process) {
            record.target = process.executable();
            record.size = process.pid();
        } else if (facts instanceof ScopeFacts scope) {
            record.subject = scope.kind().name();
            record.target = scope.name();
            if (scope instanceof GenAiFacts ai) record.genAi = genAi(ai);
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
            if (limit && record.overrunMillis == 0) continue;
            boolean notable = finding.notable() || limit;
            record.notable |= notable;
            if (verdicts == null) verdicts = new ArrayList<>(2);
            SpanRecord.Verdict verdict = new SpanRecord.Verdict(finding.rule(), finding.outcome(), finding.reason());
            int said = indexOf(verdicts, finding.rule());
            // One attribute for each rule: a denial says more than the key that went along with it.
            if (said < 0) verdicts.add(verdict);
            else if (notable && verdicts.get(said).outcome().equals("mark")) verdicts.set(said, verdict);
        }
        record.verdicts = verdicts;
    }

    private static int indexOf(List<SpanRecord.Verdict> verdicts, String rule) {
        for (int i = 0; i < verdicts.size(); i++) {
            if (verdicts.get(i).rule().equals(rule)) return i;
        }
        return -1;
    }

    private static List<Finding> findings(OpenCall call) {
        if (call.resendJudgement == null && call.notes == null) return call.judgement.findings();
        List<Finding> all = new ArrayList<>(call.judgement.findings());
        if (call.resendJudgement != null) all.addAll(call.resendJudgement.findings());
        if (call.notes != null) all.addAll(call.notes);
        return all;
    }

    /** A call without a cause is its own root. */
    private static void totals(SpanRecord record, OpenCall call) {
        boolean inbound = record.kind.inbound();
        if (!inbound && call.cause() != null) return;
        SpanRecord.Totals totals;
        if (inbound || call.inside != null && !record.kind.outward()) {
            ScopeAttempt scope = inbound || call.inside == null ? call.parent : call.inside.scope();
            totals = new SpanRecord.Totals(
                    scope.amplification(),
                    scope.wireAttempts(),
                    scope.operations(),
                    scope.verdicts(),
                    inbound ? scope.forgotten() : 0);
        } else {
            int verdicts = 0;
            for (SpanRecord.Verdict verdict :
                    record.verdicts == null ? List.<SpanRecord.Verdict>of() : record.verdicts) {
                if (!verdict.outcome().equals("mark")) verdicts++;
            }
            int reach = call.attempt.operation().reach();
            totals = new SpanRecord.Totals(reach, reach, 1, verdicts, 0);
        }
        // A request that came from a call we know of and caused nothing would only repeat that it caused nothing.
        if (record.parentSpanId == 0 || totals.attempts() > 0 || totals.verdicts() > 0) record.totals = totals;
    }

    /** To the queue, or into the span that somebody else makes of the call. */
    private void offer(OpenCall call, SpanRecord record) {
        Hooks.ForeignSpan span = call.foreign;
        if (span == null) {
            offer(record);
        } else if (!span.isEnding()) {
            foreignSpans.write(record, span);
            span.release();
            shared(record);
        } else if (call.notes != null && notable(call.notes) > 0) {
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
