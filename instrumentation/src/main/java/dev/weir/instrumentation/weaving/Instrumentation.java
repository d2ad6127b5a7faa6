package dev.weir.instrumentation.weaving;

import java.util.Set;

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

    /**
     * The tracers (instrumentation scopes) of OpenTelemetry with which the library makes spans of what this adapter tells of
     * itself. Where Weir stands in for the SDK, they make none: everything would be there twice.
     */
    default Set<String> ownTracers() {
        return Set.of();
    }
}
