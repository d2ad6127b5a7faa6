/** The list of instrumentations. */
@NullMarked
package dev.weir.instrumentation;

import org.jspecify.annotations.NullMarked;
