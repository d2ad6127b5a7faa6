/** Logback. */
@NullMarked
package dev.weir.instrumentation.logback;

import org.jspecify.annotations.NullMarked;
