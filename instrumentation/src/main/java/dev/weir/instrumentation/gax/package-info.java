/** Google's API extensions for Java (gax), on which the Google Cloud clients stand. */
@NullMarked
package dev.weir.instrumentation.gax;

import org.jspecify.annotations.NullMarked;
