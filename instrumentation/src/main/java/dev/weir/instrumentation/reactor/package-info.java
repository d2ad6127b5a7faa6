/** How the causal context goes with the signals of Reactor. */
@NullMarked
package dev.weir.instrumentation.reactor;

import org.jspecify.annotations.NullMarked;
