/** {@code java.net.http.HttpClient}. */
@NullMarked
package dev.weir.instrumentation.jdkhttpclient;

import org.jspecify.annotations.NullMarked;
