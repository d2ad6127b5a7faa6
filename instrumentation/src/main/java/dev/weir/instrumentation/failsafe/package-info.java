/** Failsafe. */
@NullMarked
package dev.weir.instrumentation.failsafe;

import org.jspecify.annotations.NullMarked;
