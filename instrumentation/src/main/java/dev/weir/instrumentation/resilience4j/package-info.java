/** resilience4j. */
@NullMarked
package dev.weir.instrumentation.resilience4j;

import org.jspecify.annotations.NullMarked;
