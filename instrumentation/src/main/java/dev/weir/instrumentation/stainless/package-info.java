/** The SDKs of OpenAI and Anthropic, which one generator made. */
@NullMarked
package dev.weir.instrumentation.stainless;

import org.jspecify.annotations.NullMarked;
