/** An application whose SDKs count their own attempts. */
@NullMarked
package dev.weir.incidents.attempts;

import org.jspecify.annotations.NullMarked;
