/** The retries of Spring Framework itself. */
@NullMarked
package dev.weir.instrumentation.springcoreretry;

import org.jspecify.annotations.NullMarked;
