/** {@code com.sun.net.httpserver}. */
@NullMarked
package dev.weir.instrumentation.jdkhttpserver;

import org.jspecify.annotations.NullMarked;
