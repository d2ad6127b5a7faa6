/** Google's Gen AI SDK. */
@NullMarked
package dev.weir.instrumentation.googlegenai;

import org.jspecify.annotations.NullMarked;
