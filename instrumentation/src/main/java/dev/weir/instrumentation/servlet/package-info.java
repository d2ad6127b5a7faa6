/** Servlet containers: {@code jakarta.servlet} and {@code javax.servlet}. */
@NullMarked
package dev.weir.instrumentation.servlet;

import org.jspecify.annotations.NullMarked;
