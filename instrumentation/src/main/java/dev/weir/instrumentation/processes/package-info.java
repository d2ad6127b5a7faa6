/** Processes that this one starts. */
@NullMarked
package dev.weir.instrumentation.processes;

import org.jspecify.annotations.NullMarked;
