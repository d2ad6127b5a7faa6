/** The HTTP client of Reactor Netty. */
@NullMarked
package dev.weir.instrumentation.reactornetty;

import org.jspecify.annotations.NullMarked;
