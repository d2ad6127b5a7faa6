/** How the causal context goes from thread to thread inside the JDK. */
@NullMarked
package dev.weir.instrumentation.threads;

import org.jspecify.annotations.NullMarked;
