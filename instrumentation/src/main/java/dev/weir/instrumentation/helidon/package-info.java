/** Helidon 4. */
@NullMarked
package dev.weir.instrumentation.helidon;

import org.jspecify.annotations.NullMarked;
