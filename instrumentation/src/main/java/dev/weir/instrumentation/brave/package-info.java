/** Brave. */
@NullMarked
package dev.weir.instrumentation.brave;

import org.jspecify.annotations.NullMarked;
