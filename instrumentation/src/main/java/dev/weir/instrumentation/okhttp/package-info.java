/** OkHttp. */
@NullMarked
package dev.weir.instrumentation.okhttp;

import org.jspecify.annotations.NullMarked;
