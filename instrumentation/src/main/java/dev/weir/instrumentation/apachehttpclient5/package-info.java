/** Apache HttpClient 5. */
@NullMarked
package dev.weir.instrumentation.apachehttpclient5;

import org.jspecify.annotations.NullMarked;
