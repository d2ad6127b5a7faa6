/** Spring AI: chat clients, models, tools and memory. */
@NullMarked
package dev.weir.instrumentation.springai;

import org.jspecify.annotations.NullMarked;
