/** How the causal context goes with a coroutine. */
@NullMarked
package dev.weir.instrumentation.kotlincoroutines;

import org.jspecify.annotations.NullMarked;
