/** Spring Retry. */
@NullMarked
package dev.weir.instrumentation.springretry;

import org.jspecify.annotations.NullMarked;
