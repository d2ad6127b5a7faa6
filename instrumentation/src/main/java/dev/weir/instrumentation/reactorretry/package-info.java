/** The operators of Reactor that subscribe again after a failure. */
@NullMarked
package dev.weir.instrumentation.reactorretry;

import org.jspecify.annotations.NullMarked;
