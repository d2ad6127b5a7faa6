/** Micrometer Tracing. */
@NullMarked
package dev.weir.instrumentation.micrometertracing;

import org.jspecify.annotations.NullMarked;
