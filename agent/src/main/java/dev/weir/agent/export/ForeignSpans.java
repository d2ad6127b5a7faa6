package dev.weir.agent.export;

import dev.weir.agent.context.Hex;
import dev.weir.bootstrap.Hooks;
import java.util.LinkedHashMap;
import java.util.Map;

/** Says what Weir has to say of a call in the span that another agent makes of it. */
public final class ForeignSpans {

    private ForeignSpans() {}

    /** Writes what only Weir knows: the span has all else by itself. */
    public static void write(SpanRecord record, Hooks.ForeignSpan span) {
        WeirAttributes.write(record, new Target(span));
        if (record.verdicts == null) return;
        for (SpanRecord.Verdict verdict : record.verdicts) {
            Map<String, String> attributes = new LinkedHashMap<>();
            attributes.put(Attributes.VERDICT_RULE, verdict.rule());
            attributes.put(Attributes.VERDICT_OUTCOME, verdict.outcome());
            attributes.put(Attributes.VERDICT_WHY, verdict.reason());
            span.event(Attributes.VERDICT, attributes);
        }
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
            span.attribute(name, AttributeWriter.cut(value).toString());
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
