/** {@code java.net.HttpURLConnection}, HTTP and HTTPS. */
@NullMarked
package dev.weir.instrumentation.httpurlconnection;

import org.jspecify.annotations.NullMarked;
