package dev.weir.benchmark;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Counts the spans of Elastic's intake protocol: lines of JSON, each with one event. */
final class ElasticEvents {

    /** What stands in a text has its quotes escaped, so this is always the field. */
    private static final Pattern COMPOSITE = Pattern.compile("\"composite\":\\{\"count\":(\\d+)");

    private ElasticEvents() {}

    /** Calls that are alike, one after the other, are sent as one span that says how many they were. */
    static int countSpans(String event) {
        if (event.startsWith("{\"transaction\":")) {
            return 1;
        }
        if (!event.startsWith("{\"span\":")) {
            return 0;
        }
        Matcher composite = COMPOSITE.matcher(event);
        return composite.find() ? Integer.parseInt(composite.group(1)) : 1;
    }
}
