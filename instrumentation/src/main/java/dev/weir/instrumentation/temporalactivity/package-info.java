/** Temporal's activities. */
@NullMarked
package dev.weir.instrumentation.temporalactivity;

import org.jspecify.annotations.NullMarked;
