package dev.weir.instrumentation.weaving;

/**
 * One library's adapter: where it is woven, what facts it reports, what levers it offers.
 *
 * <p>Its advice is nested in it, as plain static methods. {@link Weaving} says what their parameters mean.
 */
public interface Instrumentation {

    /** The adapter's name in settings, documents and summaries, such as {@code jdk-http-client}. */
    String name();

    /** Says which methods of which classes get which advice. */
    void weave(Weaving weaving);
}
