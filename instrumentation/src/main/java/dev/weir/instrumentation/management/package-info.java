/** {@code java.lang.management}. */
@NullMarked
package dev.weir.instrumentation.management;

import org.jspecify.annotations.NullMarked;
