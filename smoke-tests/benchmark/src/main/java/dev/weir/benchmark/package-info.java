/** Measures what agents cost: forks, times, counts spans, compares. See docs/performance.md. */
@NullMarked
package dev.weir.benchmark;

import org.jspecify.annotations.NullMarked;
