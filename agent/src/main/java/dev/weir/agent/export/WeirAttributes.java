package dev.weir.agent.export;

/** What only Weir has to say of a call. */
final class WeirAttributes {

    private WeirAttributes() {}

    static void write(SpanRecord record, AttributeTarget to) {
        request(record, to);
        outcome(record, to);
    }

    /** What is the same for each call of one kind. */
    static void request(SpanRecord record, AttributeTarget to) {
        to.text(Attributes.INSTRUMENTATION, record.instrumentation);
    }

    static void outcome(SpanRecord record, AttributeTarget to) {
        to.hex(Attributes.OPERATION, record.operationHigh, record.operationLow);
        to.number(Attributes.ATTEMPT, record.attempt);
        if (!record.attemptPath.isEmpty()) to.text(Attributes.ATTEMPT_PATH, record.attemptPath);
        SpanRecord.Rare rare = record.rare();
        if (rare.layers != null) to.text(Attributes.ATTEMPT_LAYERS, rare.layers);
        if (rare.resends > 0) to.number(Attributes.RESENDS, rare.resends);
        if (record.remainingMillis != Integer.MAX_VALUE) to.number(Attributes.REMAINING, record.remainingMillis);
        if (rare.overrunMillis > 0) to.number(Attributes.OVERRUN, rare.overrunMillis);
        if (record.idempotencyKey != null) to.text(Attributes.KEY, record.idempotencyKey);
        if (rare.session != null) {
            to.text(Attributes.SESSION, rare.session);
            to.text(Attributes.GEN_AI_CONVERSATION, rare.session);
        }
        for (SpanRecord.Verdict verdict : record.verdicts()) {
            to.text(Attributes.VERDICT_PREFIX + verdict.rule(), verdict.outcome());
            to.text(Attributes.VERDICT_PREFIX + verdict.rule() + Attributes.VERDICT_REASON, verdict.reason());
        }
        SpanRecord.Totals totals = rare.totals;
        if (totals != null) {
            to.number(Attributes.AMPLIFICATION, totals.amplification());
            to.number(Attributes.ATTEMPTS, totals.attempts());
            to.number(Attributes.OPERATIONS, totals.operations());
            to.number(Attributes.VERDICTS, totals.verdicts());
            if (totals.forgotten() > 0) to.number(Attributes.FORGOTTEN, totals.forgotten());
        }
    }
}
