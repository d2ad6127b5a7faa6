/** Vert.x 4.5 and 5: what its futures, handlers and timers are caused by, its HTTP client and its HTTP server. */
@NullMarked
package dev.weir.instrumentation.vertx;

import org.jspecify.annotations.NullMarked;
