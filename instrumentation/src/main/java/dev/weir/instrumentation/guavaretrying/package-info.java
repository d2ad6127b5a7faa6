/** guava-retrying. */
@NullMarked
package dev.weir.instrumentation.guavaretrying;

import org.jspecify.annotations.NullMarked;
