/** The Ktor client. */
@NullMarked
package dev.weir.instrumentation.ktor;

import org.jspecify.annotations.NullMarked;
