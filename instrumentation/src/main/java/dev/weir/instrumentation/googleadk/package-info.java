/** Runs, model calls, tool calls, sessions and memory of Google's Agent Development Kit. */
@NullMarked
package dev.weir.instrumentation.googleadk;

import org.jspecify.annotations.NullMarked;
