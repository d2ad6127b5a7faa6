/** The AWS SDK for Java 2. */
@NullMarked
package dev.weir.instrumentation.awssdk;

import org.jspecify.annotations.NullMarked;
