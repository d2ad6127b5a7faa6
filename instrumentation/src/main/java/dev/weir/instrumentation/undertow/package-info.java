/** Undertow's server. */
@NullMarked
package dev.weir.instrumentation.undertow;

import org.jspecify.annotations.NullMarked;
