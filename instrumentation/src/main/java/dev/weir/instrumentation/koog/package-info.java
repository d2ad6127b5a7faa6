/** Koog. */
@NullMarked
package dev.weir.instrumentation.koog;

import org.jspecify.annotations.NullMarked;
