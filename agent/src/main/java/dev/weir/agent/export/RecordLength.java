package dev.weir.agent.export;

import dev.weir.bootstrap.GenAiFacts;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How much a record holds on to besides itself. */
final class RecordLength {

    /** Texts up to here are part of what a record takes anyway. */
    static final int USUAL = 256;

    private static final int VALUE = 32;

    private RecordLength() {}

    /** The characters of its texts that are longer than usual. One that others hold too is counted all the same. */
    static long ofLongTexts(SpanRecord record) {
        SpanRecord.Rare rare = record.rare();
        long length = of(record.subject)
                + of(record.target)
                + of(record.path)
                + of(record.query)
                + of(rare.message)
                + of(rare.traceState);
        if (rare.genAi != null) length += of(rare.genAi);
        if (rare.application != null) {
            length += ofValue(rare.application.attributes)
                    + ofAll(rare.application.events)
                    + ofAll(rare.application.links);
        }
        return length;
    }

    private static long of(@Nullable String text) {
        return text == null || text.length() <= USUAL ? 0 : text.length();
    }

    private static long of(GenAiRecord record) {
        return of(record.input) + of(record.output) + of(record.toolArguments) + of(record.toolResult);
    }

    private static long of(GenAiFacts.Message @Nullable [] messages) {
        if (messages == null) return 0;
        long length = 0;
        for (GenAiFacts.Message message : messages) length += ofValue(message.text);
        return length;
    }

    /** What there may be any number of counts even when it is short. */
    private static long ofValue(@Nullable Object value) {
        if (value instanceof String text) return VALUE + text.length();
        long length = VALUE;
        if (value instanceof Map<?, ?> map) {
            for (Object each : map.values()) length += ofValue(each);
        } else if (value instanceof Collection<?> list) {
            for (Object each : list) length += ofValue(each);
        }
        return length;
    }

    private static long ofAll(Object[][] parts) {
        long length = 0;
        for (Object[] part : parts) for (Object value : part) length += ofValue(value);
        return length;
    }
}
