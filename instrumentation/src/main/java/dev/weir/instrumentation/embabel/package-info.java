/** Agents of Embabel. */
@NullMarked
package dev.weir.instrumentation.embabel;

import org.jspecify.annotations.NullMarked;
