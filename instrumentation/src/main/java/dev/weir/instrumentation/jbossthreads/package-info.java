/** JBoss Threads. */
@NullMarked
package dev.weir.instrumentation.jbossthreads;

import org.jspecify.annotations.NullMarked;
