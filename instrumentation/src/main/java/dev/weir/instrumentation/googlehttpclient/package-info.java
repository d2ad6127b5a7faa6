/** Google's HTTP client library for Java. */
@NullMarked
package dev.weir.instrumentation.googlehttpclient;

import org.jspecify.annotations.NullMarked;
