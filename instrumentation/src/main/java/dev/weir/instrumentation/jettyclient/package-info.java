/** Jetty HttpClient 12. */
@NullMarked
package dev.weir.instrumentation.jettyclient;

import org.jspecify.annotations.NullMarked;
