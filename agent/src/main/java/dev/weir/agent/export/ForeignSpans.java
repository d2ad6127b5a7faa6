package dev.weir.agent.export;

import dev.weir.agent.config.Settings;
import dev.weir.agent.context.Hex;
import dev.weir.bootstrap.Hooks;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Says what Weir has to say of a call in the span that somebody else makes of it. */
public final class ForeignSpans {

    private final Settings settings;
    private volatile @Nullable Redaction redaction;

    public ForeignSpans(Settings settings) {
        this.settings = settings;
    }

    /** Writes what only Weir knows. An agent's span has all else by itself; what an application's has is written over this. */
    public void write(SpanRecord record, Hooks.ForeignSpan span) {
        Target target = new Target(span);
        if (span.kind >= Hooks.ForeignSpan.RUN) new CallAttributes(target, redaction()).write(record);
        WeirAttributes.write(record, target);
        for (SpanRecord.Verdict verdict : record.verdicts()) {
            Map<String, String> attributes = new LinkedHashMap<>();
            attributes.put(Attributes.VERDICT_RULE, verdict.rule());
            attributes.put(Attributes.VERDICT_OUTCOME, verdict.outcome());
            attributes.put(Attributes.VERDICT_WHY, verdict.reason());
            span.event(Attributes.VERDICT, attributes);
        }
    }

    /** Not before the first call: expressions take time to load. The exporter has complained about a bad one. */
    private Redaction redaction() {
        Redaction known = redaction;
        if (known == null) redaction = known = Redaction.of(settings, complaint -> {});
        return known;
    }

    private record Target(Hooks.ForeignSpan span) implements AttributeTarget {

        @Override
        public void text(String name, CharSequence value) {
            whole(name, AttributeWriter.cut(value));
        }

        @Override
        public void whole(String name, CharSequence value) {
            span.attribute(name, value.toString());
        }

        @Override
        public void list(String name, CharSequence value) {
            span.attribute(name, List.of(AttributeWriter.cut(value).toString()));
        }

        @Override
        public void decimal(String name, double value) {
            span.attribute(name, value);
        }

        @Override
        public void number(String name, long value) {
            span.attribute(name, value);
        }

        @Override
        public void hex(String name, long high, long low) {
            span.attribute(name, Hex.of(high, low));
        }
    }
}
