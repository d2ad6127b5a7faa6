/** Log4j 2. */
@NullMarked
package dev.weir.instrumentation.log4j;

import org.jspecify.annotations.NullMarked;
