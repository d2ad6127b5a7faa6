/** Apache HttpClient 4. */
@NullMarked
package dev.weir.instrumentation.apachehttpclient4;

import org.jspecify.annotations.NullMarked;
