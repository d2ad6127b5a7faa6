package dev.weir.agent.export;

/** Takes attributes of a span. */
interface AttributeTarget {

    /** A text; what is too long is cut. */
    void text(String name, CharSequence value);

    /** A text, however long it is. */
    void whole(String name, CharSequence value);

    /** A list of one text. */
    void list(String name, CharSequence value);

    /** A number with a fraction. */
    void decimal(String name, double value);

    /** A whole number. */
    void number(String name, long value);

    /** Sixteen bytes as text. */
    void hex(String name, long high, long low);
}
