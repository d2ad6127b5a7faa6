package dev.weir.micro.lines;

/** Makes spans of one content, and has them exported. */
interface SpanSource {

    /** Makes a span and ends it. */
    void produce(int number);

    /** Makes a span with a text that nothing else holds. */
    void produce(String text);

    /** How many spans the exporter says were taken; -1 when it does not say. */
    long sent();

    /** How many spans the exporter says were lost; -1 when it does not say. */
    long dropped();

    /** Waits until nothing waits any more. */
    void flush();

    /** The end. */
    void close();

    static SpanSource named(String name, String endpoint) {
        return name.equals("weir") ? new WeirSpans(endpoint) : new SdkSpans(endpoint);
    }
}
