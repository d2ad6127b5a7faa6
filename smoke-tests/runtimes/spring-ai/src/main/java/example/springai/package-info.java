/** A shop whose clerk is an agent on Spring AI. It knows nothing of Weir. */
@NullMarked
package example.springai;

import org.jspecify.annotations.NullMarked;
