/** A shop that makes spans of its own, by one API or another, and knows nothing of Weir. */
@NullMarked
package example.tracing;

import org.jspecify.annotations.NullMarked;
