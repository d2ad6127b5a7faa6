/** RxJava 3's operators that retry. */
@NullMarked
package dev.weir.instrumentation.rxjava3retry;

import org.jspecify.annotations.NullMarked;
