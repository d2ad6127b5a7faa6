/** How the causal context goes with the signals of RxJava 3. */
@NullMarked
package dev.weir.instrumentation.rxjava3;

import org.jspecify.annotations.NullMarked;
